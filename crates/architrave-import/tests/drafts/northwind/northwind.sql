CREATE TABLE IF NOT EXISTS `northwind`.`customers` (
  `id` INT(11) NOT NULL AUTO_INCREMENT, `company` VARCHAR(50) NULL DEFAULT NULL, `last_name` VARCHAR(50) NULL DEFAULT NULL,
  `email_address` VARCHAR(50) NULL DEFAULT NULL, `zip_postal_code` VARCHAR(15), `notes` LONGTEXT NULL DEFAULT NULL, `attachments` LONGBLOB NULL DEFAULT NULL,
  PRIMARY KEY (`id`), INDEX `company` (`company` ASC)) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS `northwind`.`orders_status` (`id` TINYINT(4) NOT NULL, `status_name` VARCHAR(50) NOT NULL, PRIMARY KEY (`id`)) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS `northwind`.`orders` (
  `id` INT(11) NOT NULL AUTO_INCREMENT, `customer_id` INT(11) NULL DEFAULT NULL, `order_date` DATETIME NULL DEFAULT NULL,
  `shipping_fee` DECIMAL(19,4) NULL DEFAULT '0.0000', `taxes` DECIMAL(19,4) NULL DEFAULT '0.0000', `tax_rate` DOUBLE NULL DEFAULT '0', `status_id` TINYINT(4) NULL DEFAULT '0',
  PRIMARY KEY (`id`), INDEX `customer_id` (`customer_id` ASC),
  CONSTRAINT `fk_orders_customers` FOREIGN KEY (`customer_id`) REFERENCES `northwind`.`customers` (`id`),
  CONSTRAINT `fk_orders_status` FOREIGN KEY (`status_id`) REFERENCES `northwind`.`orders_status` (`id`)) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS `northwind`.`order_details` (
  `id` INT(11) NOT NULL AUTO_INCREMENT, `order_id` INT(11) NOT NULL, `quantity` DECIMAL(18,4) NOT NULL DEFAULT '0.0000',
  `unit_price` DECIMAL(19,4) NULL DEFAULT '0.0000', `discount` DOUBLE NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`), CONSTRAINT `fk_order_details_orders1` FOREIGN KEY (`order_id`) REFERENCES `northwind`.`orders` (`id`) ON DELETE CASCADE) ENGINE = InnoDB;

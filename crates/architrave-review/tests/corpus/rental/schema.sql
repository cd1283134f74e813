-- A film rental shop.
CREATE TABLE customer (
    customer_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    phone1 text,
    phone2 text,
    phone3 text,
    create_date date NOT NULL DEFAULT CURRENT_DATE,
    last_update timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE film (
    film_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    rental_rate numeric(4,2) NOT NULL DEFAULT 4.99,
    replacement_cost numeric(5,2) NOT NULL DEFAULT 19.99,
    last_update timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rental (
    rental_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rental_date timestamptz NOT NULL,
    film_id integer NOT NULL REFERENCES film (film_id) ON DELETE RESTRICT,
    customer_id integer NOT NULL REFERENCES customer (customer_id) ON DELETE RESTRICT,
    return_date timestamptz
);
CREATE INDEX idx_rental_film ON rental (film_id);
CREATE INDEX idx_rental_film_date ON rental (film_id, rental_date);

CREATE TABLE payment (
    payment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customer (customer_id),
    rental_id bigint NOT NULL REFERENCES rental (rental_id),
    amount real NOT NULL,
    card_number text,
    payment_date timestamptz NOT NULL
);
CREATE INDEX idx_payment_customer ON payment (customer_id);
CREATE INDEX idx_payment_rental ON payment (rental_id);

CREATE TABLE film_text (
    film_id integer,
    title text,
    description text
);

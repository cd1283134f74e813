//! How text is laid out.

use architrave_blueprint::syntax::format;

const STOREFRONT: &str = include_str!("../../../examples/storefront/blueprint.hcl");

fn check(text: &str, expected: &str) {
    assert_eq!(format(text), expected);
    assert_eq!(format(expected), expected, "formatting twice changes something");
}

#[test]
fn the_storefront_stays_as_it_is() {
    check(STOREFRONT, STOREFRONT);
}

#[test]
fn levels_are_two_spaces_and_operators_have_one_on_each_side() {
    check(
        "context a{\nentity B {\nread=this.x==- 1&&! has_role( \"a\" , \"b\" )\n\t}\n  }",
        "context a {\n  entity B {\n    read = this.x == -1 && !has_role(\"a\", \"b\")\n  }\n}\n",
    );
    check("a = [ 1,2 , 3 ]\n", "a = [1, 2, 3]\n");
    check("a = {b=1,c=2}\nd = { }\n", "a = { b = 1, c = 2 }\nd = {}\n");
    check("a = x [ 0 ] . y\n", "a = x[0].y\n");
    check("a = x - y -z\n", "a = x - y - z\n");
    check("a=[for x in[1]:x if(x>-1)]\n", "a = [for x in [1] : x if (x > -1)]\n");
    check("a = f(\n[\n1,\n2\n]\n)\n", "a = f(\n  [\n    1,\n    2\n  ]\n)\n");
    check("a = f([\n1,\n])\n", "a = f([\n  1,\n])\n");
}

#[test]
fn equals_signs_of_adjacent_settings_stand_in_one_column() {
    check("a = 1\nbcd = 2\n\nef = 3\n", "a   = 1\nbcd = 2\n\nef = 3\n");
    check("a = 1\n# note\nbcd = 2\n", "a = 1\n# note\nbcd = 2\n");
    check("a = 1\nbcd = {\n  e = 2\n}\n", "a = 1\nbcd = {\n  e = 2\n}\n");
    check("a = {\nx=1\nlong=2\n}\n", "a = {\n  x    = 1\n  long = 2\n}\n");
}

#[test]
fn comments_stay_and_those_behind_settings_stand_in_one_column() {
    check(
        "a = 1 # one  \nbc = 22    // two\n  # three\n/* four\n  five */\n",
        "a  = 1  # one\nbc = 22 // two\n# three\n/* four\n  five */\n",
    );
    check(
        "a = [ # why\n1, /* not */ 2 ]\n",
        "a = [ # why\n1, /* not */ 2]\n".replace("\n1", "\n  1").as_str(),
    );
}

#[test]
fn blank_lines_collapse_to_one() {
    check("\n\na = 1\n\n\n\nb = 2\n\n\n", "a = 1\n\nb = 2\n");
    check("", "");
    check("\n\n", "");
}

#[test]
fn texts_are_never_touched() {
    check("a =   \"x   ${ y  }\"\n", "a = \"x   ${ y  }\"\n");
    check(
        "a {\nb = <<EOT\n  one\n\n\n two\n EOT\n}\n",
        "a {\n  b = <<EOT\n  one\n\n\n two\n EOT\n}\n",
    );
}

#[test]
fn line_ends_stay_as_the_first_one_is() {
    check("a=1\r\nb {\r\n}\r\n", "a = 1\r\nb {\r\n}\r\n");
    check("\u{feff}a=1\n", "\u{feff}a = 1\n");
}

#[test]
fn what_is_broken_stays_as_it_is() {
    check(
        "a=  1\nb {\n c  = = 2\n   d =3\n}\ne=  4\n",
        "a = 1\nb {\n c  = = 2\n   d =3\n}\ne = 4\n",
    );
    check("a=  1\n= 2\nb=  2\n", "a = 1\n= 2\nb = 2\n");
    check("a=  1\nb {\n c  = 2\n", "a=  1\nb {\n c  = 2\n");
    check("a=  \"1\nb   = 2\n", "a=  \"1\nb   = 2\n");
}

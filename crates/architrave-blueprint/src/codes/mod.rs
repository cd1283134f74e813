//! The page of each code: what it means, an example, what to do. `architrave explain` prints them.

mod list;

pub use architrave_model::CodePage;

pub(crate) use list::*;

/// All codes, in order. To add one: write its page beside this file and add its line here.
pub const CODES: &[CodePage] = &[
    CodePage {
        code: "AR0101",
        title: "something stands where it is not expected",
        text: include_str!("AR0101.md"),
    },
    CodePage { code: "AR0102", title: "a block is never closed", text: include_str!("AR0102.md") },
    CodePage {
        code: "AR0103",
        title: "a text or a comment is never closed",
        text: include_str!("AR0103.md"),
    },
    CodePage {
        code: "AR0104",
        title: "`=` or `{` is missing behind a name",
        text: include_str!("AR0104.md"),
    },
    CodePage { code: "AR0105", title: "division has no sign", text: include_str!("AR0105.md") },
    CodePage { code: "AR0106", title: "a name has a `-` in it", text: include_str!("AR0106.md") },
    CodePage {
        code: "AR0107",
        title: "a setting or a block does not begin on a line of its own",
        text: include_str!("AR0107.md"),
    },
    CodePage { code: "AR0108", title: "comparisons are chained", text: include_str!("AR0108.md") },
    CodePage { code: "AR0109", title: "brackets do not match", text: include_str!("AR0109.md") },
    CodePage {
        code: "AR0110",
        title: "a comma is missing or one too many",
        text: include_str!("AR0110.md"),
    },
    CodePage { code: "AR0111", title: "a value is missing", text: include_str!("AR0111.md") },
    CodePage { code: "AR0112", title: "a number cannot be read", text: include_str!("AR0112.md") },
    CodePage { code: "AR0113", title: "an escape has no meaning", text: include_str!("AR0113.md") },
    CodePage {
        code: "AR0114",
        title: "a character means nothing here",
        text: include_str!("AR0114.md"),
    },
    CodePage { code: "AR0115", title: "an invisible character", text: include_str!("AR0115.md") },
    CodePage {
        code: "AR0116",
        title: "a part of HCL that blueprints do not have",
        text: include_str!("AR0116.md"),
    },
    CodePage { code: "AR0117", title: "too many levels", text: include_str!("AR0117.md") },
    CodePage { code: "AR0118", title: "a file is too large", text: include_str!("AR0118.md") },
    CodePage {
        code: "AR0119",
        title: "a file is not written in UTF-8",
        text: include_str!("AR0119.md"),
    },
    CodePage {
        code: "AR0120",
        title: "a name is not written with a to z",
        text: include_str!("AR0120.md"),
    },
    CodePage {
        code: "AR0201",
        title: "a block is not known here",
        text: include_str!("AR0201.md"),
    },
    CodePage {
        code: "AR0202",
        title: "a setting is not known here",
        text: include_str!("AR0202.md"),
    },
    CodePage { code: "AR0203", title: "a setting is missing", text: include_str!("AR0203.md") },
    CodePage {
        code: "AR0204",
        title: "something is written twice",
        text: include_str!("AR0204.md"),
    },
    CodePage {
        code: "AR0205",
        title: "a setting takes another kind of value",
        text: include_str!("AR0205.md"),
    },
    CodePage {
        code: "AR0206",
        title: "the name of a block is missing or written otherwise",
        text: include_str!("AR0206.md"),
    },
    CodePage {
        code: "AR0207",
        title: "a quantity cannot be read",
        text: include_str!("AR0207.md"),
    },
    CodePage {
        code: "AR0208",
        title: "a word is not one of those possible",
        text: include_str!("AR0208.md"),
    },
    CodePage {
        code: "AR0209",
        title: "the `system` block is missing",
        text: include_str!("AR0209.md"),
    },
    CodePage {
        code: "AR0210",
        title: "a block or a list says nothing",
        text: include_str!("AR0210.md"),
    },
    CodePage {
        code: "AR0211",
        title: "there are too many of something",
        text: include_str!("AR0211.md"),
    },
    CodePage {
        code: "AR0212",
        title: "a finding cannot be accepted",
        text: include_str!("AR0212.md"),
    },
    CodePage { code: "AR0301", title: "a name is not declared", text: include_str!("AR0301.md") },
    CodePage {
        code: "AR0302",
        title: "a context uses another without saying so",
        text: include_str!("AR0302.md"),
    },
    CodePage {
        code: "AR0303",
        title: "a name is spelled in another style",
        text: include_str!("AR0303.md"),
    },
    CodePage { code: "AR0304", title: "a name is taken", text: include_str!("AR0304.md") },
    CodePage { code: "AR0305", title: "a name is built in", text: include_str!("AR0305.md") },
    CodePage { code: "AR0306", title: "a name is too long", text: include_str!("AR0306.md") },
    CodePage {
        code: "AR0307",
        title: "contexts depend on each other in a circle",
        text: include_str!("AR0307.md"),
    },
    CodePage {
        code: "AR0308",
        title: "a name leads to something of another kind",
        text: include_str!("AR0308.md"),
    },
    CodePage {
        code: "AR0309",
        title: "a name cannot be seen from here",
        text: include_str!("AR0309.md"),
    },
    CodePage { code: "AR0401", title: "a type is not known", text: include_str!("AR0401.md") },
    CodePage { code: "AR0402", title: "a modifier does not fit", text: include_str!("AR0402.md") },
    CodePage {
        code: "AR0403",
        title: "a unique field is encrypted without `lookup`",
        text: include_str!("AR0403.md"),
    },
    CodePage {
        code: "AR0404",
        title: "a type or a function takes other arguments",
        text: include_str!("AR0404.md"),
    },
    CodePage {
        code: "AR0405",
        title: "many rows are treated like one",
        text: include_str!("AR0405.md"),
    },
    CodePage {
        code: "AR0406",
        title: "two types do not go together",
        text: include_str!("AR0406.md"),
    },
    CodePage {
        code: "AR0407",
        title: "a literal is not a value of the type",
        text: include_str!("AR0407.md"),
    },
    CodePage {
        code: "AR0408",
        title: "an operator does not apply",
        text: include_str!("AR0408.md"),
    },
    CodePage {
        code: "AR0409",
        title: "a value may be null where one is needed",
        text: include_str!("AR0409.md"),
    },
    CodePage {
        code: "AR0410",
        title: "something that is never null is tested for null",
        text: include_str!("AR0410.md"),
    },
    CodePage {
        code: "AR0411",
        title: "a condition is not true or false",
        text: include_str!("AR0411.md"),
    },
    CodePage { code: "AR0412", title: "a function is not known", text: include_str!("AR0412.md") },
    CodePage { code: "AR0413", title: "a state does not exist", text: include_str!("AR0413.md") },
    CodePage { code: "AR0414", title: "a state is never reached", text: include_str!("AR0414.md") },
    CodePage {
        code: "AR0415",
        title: "a step does not say how it is undone",
        text: include_str!("AR0415.md"),
    },
    CodePage {
        code: "AR0416",
        title: "a compensation needs what its step does not have",
        text: include_str!("AR0416.md"),
    },
    CodePage {
        code: "AR0417",
        title: "nobody could tell whether a call was made",
        text: include_str!("AR0417.md"),
    },
    CodePage { code: "AR0418", title: "an input is missing", text: include_str!("AR0418.md") },
    CodePage {
        code: "AR0419",
        title: "it is not said which row is meant",
        text: include_str!("AR0419.md"),
    },
    CodePage { code: "AR0420", title: "a field cannot be set", text: include_str!("AR0420.md") },
    CodePage {
        code: "AR0421",
        title: "a type cannot be used like this",
        text: include_str!("AR0421.md"),
    },
    CodePage {
        code: "AR0422",
        title: "an aggregate is put together wrongly",
        text: include_str!("AR0422.md"),
    },
    CodePage {
        code: "AR0423",
        title: "a part has a block that belongs to its aggregate",
        text: include_str!("AR0423.md"),
    },
    CodePage {
        code: "AR0424",
        title: "a field is computed from itself",
        text: include_str!("AR0424.md"),
    },
    CodePage {
        code: "AR0425",
        title: "a stored result depends on other rows",
        text: include_str!("AR0425.md"),
    },
    CodePage {
        code: "AR0426",
        title: "a field cannot be indexed or searched",
        text: include_str!("AR0426.md"),
    },
    CodePage {
        code: "AR0427",
        title: "the condition of an index is too clever",
        text: include_str!("AR0427.md"),
    },
    CodePage { code: "AR0428", title: "a pattern cannot be read", text: include_str!("AR0428.md") },
    CodePage {
        code: "AR0429",
        title: "an event does not fit where it stands",
        text: include_str!("AR0429.md"),
    },
    CodePage {
        code: "AR0430",
        title: "a projection does not say how events are put together",
        text: include_str!("AR0430.md"),
    },
    CodePage {
        code: "AR0431",
        title: "what goes with a deleted row would not come back",
        text: include_str!("AR0431.md"),
    },
    CodePage {
        code: "AR0501",
        title: "both sides of a comparison may be null",
        text: include_str!("AR0501.md"),
    },
    CodePage {
        code: "AR0502",
        title: "a reference is compared with an id",
        text: include_str!("AR0502.md"),
    },
    CodePage {
        code: "AR0503",
        title: "a rule uses what databases judge differently",
        text: include_str!("AR0503.md"),
    },
    CodePage {
        code: "AR0504",
        title: "a rule or an index uses an encrypted field",
        text: include_str!("AR0504.md"),
    },
    CodePage { code: "AR0505", title: "a role is not declared", text: include_str!("AR0505.md") },
    CodePage {
        code: "AR0506",
        title: "a command that nobody may run",
        text: include_str!("AR0506.md"),
    },
    CodePage {
        code: "AR0507",
        title: "a field sounds like a secret",
        text: include_str!("AR0507.md"),
    },
    CodePage {
        code: "AR0508",
        title: "something secret would be shown",
        text: include_str!("AR0508.md"),
    },
    CodePage {
        code: "AR0509",
        title: "a secret is written into the blueprint",
        text: include_str!("AR0509.md"),
    },
    CodePage { code: "AR0510", title: "nobody knows who that is", text: include_str!("AR0510.md") },
    CodePage { code: "AR0511", title: "no row could be created", text: include_str!("AR0511.md") },
    CodePage {
        code: "AR0512",
        title: "a number in a rule may overflow",
        text: include_str!("AR0512.md"),
    },
    CodePage {
        code: "AR0513",
        title: "a rule keeps somebody out and lets strangers in",
        text: include_str!("AR0513.md"),
    },
    CodePage { code: "AR0601", title: "a rename does not fit", text: include_str!("AR0601.md") },
    CodePage {
        code: "AR0602",
        title: "something gone is still declared",
        text: include_str!("AR0602.md"),
    },
    CodePage {
        code: "AR0610",
        title: "nothing is stored under the old name of a `moved` block",
        text: include_str!("AR0610.md"),
    },
    CodePage {
        code: "AR0620",
        title: "a line of `architrave.lock` cannot be read",
        text: include_str!("AR0620.md"),
    },
    CodePage {
        code: "AR0621",
        title: "`architrave.lock` is in a version of its format that this release does not read",
        text: include_str!("AR0621.md"),
    },
    CodePage {
        code: "AR0622",
        title: "a name in `architrave.lock` cannot be used, or stands there twice",
        text: include_str!("AR0622.md"),
    },
    CodePage {
        code: "AR0701",
        title: "an objective cannot be met or measured",
        text: include_str!("AR0701.md"),
    },
    CodePage {
        code: "AR0702",
        title: "the expected load contradicts the blueprint",
        text: include_str!("AR0702.md"),
    },
];

/// The page of a code, in whatever case it is written.
#[must_use]
pub fn page(code: &str) -> Option<&'static CodePage> {
    CODES.iter().find(|it| it.code.eq_ignore_ascii_case(code))
}

// Parses the AsyncAPI documents given; writes the number of their messages, and mistakes to the error output.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const ERROR = 0;
// Which release of the format to write is no mistake; version 3.0 is what tools read today.
const IGNORED = new Set(["asyncapi-latest-version"]);

const errors = async (text) => {
  const { document, diagnostics } = await parser.parse(text);
  const found = diagnostics.filter((it) => it.severity === ERROR && !IGNORED.has(it.code));
  return { document, found };
};

// A parser that accepts everything would prove nothing.
const broken = JSON.parse(readFileSync(process.argv[2], "utf8"));
Object.values(broken.operations)[0].action = "recieve";
if ((await errors(JSON.stringify(broken))).found.length === 0) {
  console.error("the parser accepts a broken document");
  process.exit(1);
}

let count = 0;
let mistakes = 0;
for (const path of process.argv.slice(2)) {
  const { document, found } = await errors(readFileSync(path, "utf8"));
  for (const it of found) {
    mistakes += 1;
    console.error(`${path}: /${it.path.join("/")}: ${it.message}`);
  }
  if (document === undefined) {
    mistakes += 1;
    console.error(`${path}: cannot be read`);
  } else {
    count += document.allMessages().length;
  }
}
console.log(count);
process.exit(mistakes === 0 ? 0 : 1);

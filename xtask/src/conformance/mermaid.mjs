// Parses every ```mermaid block of the pages given; writes the number of diagrams, and mistakes to the error output.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

const refusal = async (text) => {
  try {
    await mermaid.parse(text);
    return null;
  } catch (error) {
    return String(error.message ?? error);
  }
};

// A parser that accepts everything would prove nothing.
if ((await refusal("flowchart LR\n  a -->")) === null) {
  console.error("the parser accepts a broken diagram");
  process.exit(1);
}

let count = 0;
let mistakes = 0;
for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, "utf8");
  for (const block of text.matchAll(/^(`{3,})mermaid\n([\s\S]*?)\n\1$/gm)) {
    count += 1;
    const reason = await refusal(block[2]);
    if (reason !== null) {
      mistakes += 1;
      const line = text.slice(0, block.index).split("\n").length;
      console.error(`${path}:${line}: ${reason}\n`);
    }
  }
}
console.log(count);
process.exit(mistakes === 0 ? 0 : 1);

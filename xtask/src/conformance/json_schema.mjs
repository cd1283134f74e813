// Compiles every schema of the folders given, each folder by itself, and checks their examples; writes the number of
// schemas, and mistakes to the error output.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

// Formats of OpenAPI's registry, which say what a value means and forbid nothing.
const ANNOTATIONS = ["int32", "int64", "decimal"];

const compiler = () => {
  const ajv = new Ajv2020.default({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  ANNOTATIONS.forEach((it) => ajv.addFormat(it, true));
  return ajv;
};

// A checker that accepts everything would prove nothing.
if (compiler().validateSchema({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "objekt" })) {
  console.error("the checker accepts a broken schema");
  process.exit(1);
}

let count = 0;
let mistakes = 0;
const mistaken = (path, reason) => {
  mistakes += 1;
  console.error(`${path}: ${reason}`);
};

for (const folder of process.argv.slice(2)) {
  const ajv = compiler();
  const paths = readdirSync(folder).filter((it) => it.endsWith(".json")).map((it) => join(folder, it));
  const schemas = paths.map((path) => [path, JSON.parse(readFileSync(path, "utf8"))]);
  for (const [path, schema] of schemas) {
    try {
      ajv.addSchema(schema);
    } catch (error) {
      mistaken(path, error.message);
    }
  }
  for (const [path, schema] of schemas) {
    count += 1;
    try {
      const validate = ajv.getSchema(schema.$id);
      for (const example of schema.examples ?? []) {
        if (!validate(example)) mistaken(path, `its example: ${ajv.errorsText(validate.errors)}`);
      }
    } catch (error) {
      mistaken(path, error.message);
    }
  }
}
console.log(count);
process.exit(mistakes === 0 ? 0 : 1);

// What Convex says of arguments that don't fit: the words of its own server.

/** null, or why a value doesn't fit a validator (both as exported: `{type, value}`), in Convex's words. */
export function complaint(validator, value, tableOf) {
  return check(validator, value, "", tableOf);
}

function check(validator, value, path, tableOf) {
  const wrong = () =>
    `Value does not match validator.\n${path ? `Path: ${path}\n` : ""}Value: ${shown(value)}\nValidator: ${written(validator)}`;
  const fits = SIMPLE[validator.type];
  if (fits) return fits(value, validator, tableOf) ? null : wrong();
  if (validator.type === "array") {
    if (!Array.isArray(value)) return wrong();
    return first(value.entries(), ([n, one]) => check(validator.value, one, `${path}[${n}]`, tableOf));
  }
  if (validator.type === "union") {
    return validator.value.some((one) => check(one, value, path, tableOf) === null) ? null : wrong();
  }
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof ArrayBuffer)
    return wrong();
  if (validator.type === "record") {
    return first(
      Object.entries(value),
      ([key, one]) =>
        check(validator.keys, key, `${path}.${key}`, tableOf) ??
        check(validator.values.fieldType ?? validator.values, one, `${path}.${key}`, tableOf),
    );
  }
  if (validator.type !== "object") return null;
  const about = `${path ? `\nPath: ${path}` : ""}\n\nObject: ${shown(value)}\nValidator: ${written(validator)}`;
  for (const [name, { fieldType, optional }] of Object.entries(validator.value)) {
    if (value[name] === undefined) {
      if (optional) continue;
      return (
        `Object is missing the required field \`${name}\`. Consider wrapping the field validator in ` +
        `\`v.optional(...)\` if this is expected.${about}`
      );
    }
    const found = check(fieldType, value[name], `${path}.${name}`, tableOf);
    if (found !== null) return found;
  }
  const extra = Object.keys(value).find(
    (name) => value[name] !== undefined && !Object.hasOwn(validator.value, name),
  );
  return extra === undefined
    ? null
    : `Object contains extra field \`${extra}\` that is not in the validator.${about}`;
}

const SIMPLE = {
  any: () => true,
  null: (value) => value === null,
  number: (value) => typeof value === "number",
  bigint: (value) => typeof value === "bigint",
  commitTs: (value) => typeof value === "bigint",
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  bytes: (value) => value instanceof ArrayBuffer,
  literal: (value, validator) =>
    value === validator.value || (typeof value === "bigint" && typeof validator.value === "object"),
  id: (value, validator, tableOf) => typeof value === "string" && tableOf(value) === validator.tableName,
};

function first(items, look) {
  for (const one of items) {
    const found = look(one);
    if (found !== null) return found;
  }
  return null;
}

/** A value as Convex's server prints it: `{title: "a", count: 1.0}`. */
export function shown(value) {
  if (value === undefined) return "undefined";
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof ArrayBuffer) return `b"${Buffer.from(value).toString("hex")}"`;
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value).filter(([, one]) => one !== undefined);
    return `{${fields.map(([name, one]) => `${name}: ${shown(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

const NAMES = { number: "float64", bigint: "int64" };

/** A validator as it is written: `v.object({title: v.string()})`. */
export function written(validator) {
  switch (validator.type) {
    case "id":
      return `v.id("${validator.tableName}")`;
    case "literal":
      return `v.literal(${shown(validator.value)})`;
    case "array":
      return `v.array(${written(validator.value)})`;
    case "union":
      return `v.union(${validator.value.map(written).join(", ")})`;
    case "record":
      return `v.record(${written(validator.keys)}, ${written(validator.values.fieldType ?? validator.values)})`;
    case "object": {
      const fields = Object.entries(validator.value).map(
        ([name, { fieldType, optional }]) =>
          `${name}: ${optional ? `v.optional(${written(fieldType)})` : written(fieldType)}`,
      );
      return `v.object({${fields.join(", ")}})`;
    }
    default:
      return `v.${NAMES[validator.type] ?? validator.type}()`;
  }
}


// From here on by scripts/lib/glue-runtime.js, which uses names of wasm-bindgen's. A function of the core is
// `name:parameters:result`; build-glue.mjs has the letters. Integers come as WebAssembly has them: signed.

function pass(raw, letter, value) {
  const absent = value === undefined || value === null;
  if (letter === "n") raw.push(value);
  else if (letter === "B") raw.push(absent ? 0xffffff : value);
  else if (letter === "M") raw.push(absent ? 0x100000001 : value);
  else if (letter === "N") raw.push(!absent, absent ? 0 : value);
  else if (absent) raw.push(0, 0);
  else {
    const list = letter === "s" || letter === "S" ? cachedTextEncoder.encode(value) : value;
    const put = letter === "w" ? passArray32ToWasm0 : letter === "a" ? passArrayJsValueToWasm0 : passArray8ToWasm0;
    raw.push(put(list, wasm.__wbindgen_malloc), list.length);
  }
}

function take(letter, [start, length]) {
  if (letter === "N") return start ? length : undefined;
  if (start === 0 && (letter === "S" || letter === "Y")) return undefined;
  const size = letter === "a" || letter === "w" ? 4 : 1;
  const value =
    letter === "a"
      ? getArrayJsValueFromWasm0(start, length)
      : letter === "w"
        ? getArrayU32FromWasm0(start, length).slice()
        : letter === "b" || letter === "Y"
          ? getArrayU8FromWasm0(start, length).slice()
          : getStringFromWasm0(start, length);
  wasm.__wbindgen_free(start, length * size, size);
  return value;
}

function bind(name, letters, [letter, fails]) {
  const call = wasm[name];
  if (/^n*:[nv]$/.test(`${letters}:${letter}`) && !fails) return call;
  return (...values) => {
    const raw = [];
    for (let i = 0; i < letters.length; i++) pass(raw, letters[i], values[i]);
    const given = call(...raw);
    if (fails && given.at(-1)) throw takeFromExternrefTable0(given.at(-2));
    if (letter === "v") return undefined;
    if (letter === "o") return given !== 0;
    if (letter === "n") return given;
    if (letter === "c") return fails ? given[0] : given;
    if (letter === "x") return takeFromExternrefTable0(given[0]);
    return take(letter, given);
  };
}

function classOf(own, table) {
  const release = wasm[`__wbg_${own}_free`];
  const registry = new FinalizationRegistry((ptr) => release(ptr, 1));
  const adopt = (object, ptr) => {
    object.ptr = ptr;
    registry.register(object, ptr, object);
    return object;
  };
  let make;
  class Bound {
    constructor(...values) {
      adopt(this, make(...values));
    }
    free() {
      registry.unregister(this);
      release(this.ptr, 0);
      this.ptr = 0;
    }
  }
  for (const line of table.split(";")) {
    const [name, letters, result] = line.split(":");
    if (name === "new") make = bind(`${own}_new`, letters, result);
    else if (name[0] === ".") {
      const call = bind(`${own}_${name.slice(1)}`, letters, result);
      Bound[name.slice(1)] = (...values) => adopt(Object.create(Bound.prototype), call(...values));
    } else {
      const call = bind(`${own}_${name}`, `n${letters}`, result);
      Bound.prototype[name] = function (...values) {
        return call(this.ptr, ...values);
      };
    }
  }
  return Bound;
}

export function createCore(module, table) {
  wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
  wasm.__wbindgen_start();
  const classes = {};
  const core = { classOf: (own, table) => (classes[own] ??= classOf(own, table)) };
  for (const line of table.split(";")) {
    const [name, letters, result] = line.split(":");
    core[name] = bind(name, letters, result);
  }
  return core;
}

import { describe, expect, test } from "vitest";
import { progressLine } from "../../pkg/src/cli/progress.js";
import { width } from "../../pkg/src/cli/terminal.js";

const mebibyte = 1 << 20;
const state = { label: "Hashing", total: 100 * mebibyte, columns: 100 };

describe("progressLine", () => {
  test("tells share, bytes, rate and remaining time", () => {
    const bar = `[${"=".repeat(10)}${" ".repeat(30)}]`;
    expect(progressLine({ ...state, bytes: 25 * mebibyte, seconds: 2 })).toBe(
      `Hashing ${bar} 25% 25.0 MiB / 100.0 MiB, 12.5 MiB/s, ETA 0:06`,
    );
    expect(progressLine({ ...state, bytes: mebibyte, seconds: 4 })).toContain(
      " 1% 1.0 MiB / 100.0 MiB, 0.3 MiB/s, ETA 6:36",
    );
  });

  test("guesses no rate too early", () => {
    for (const [bytes, seconds] of [
      [0, 10],
      [mebibyte, 0],
      [mebibyte, 0.4],
    ] as const) {
      expect(progressLine({ ...state, bytes, seconds })).toMatch(/, …, ETA …$/);
    }
  });

  test("ends full, also when the file has grown meanwhile", () => {
    for (const bytes of [100 * mebibyte, 120 * mebibyte]) {
      const line = progressLine({ ...state, bytes, seconds: 10 });
      expect(line).toContain(`[${"=".repeat(40)}] 100% 100.0 MiB / 100.0 MiB`);
      expect(line).toMatch(/ETA 0:00$/);
    }
  });

  test("counts bytes where no end is known", () => {
    expect(progressLine({ label: "正在计算", bytes: 3 * mebibyte, seconds: 2, columns: 80 })).toBe(
      "正在计算 3.0 MiB, 1.5 MiB/s",
    );
  });

  test("fits every terminal that has room for the words, in either language", () => {
    for (const label of ["Hashing image.bin", "正在计算 固件.bin"]) {
      for (let columns = 78; columns < 140; columns++) {
        const line = progressLine({ ...state, label, columns, bytes: 99 * mebibyte, seconds: 3_000 });
        expect(width(line)).toBeLessThan(columns);
      }
    }
    expect(progressLine({ ...state, columns: 40, bytes: mebibyte, seconds: 1 })).not.toContain("[");
  });
});

// The measurements as bars, in colours that do in light and in dark.
const width = 760;
const bar = 18;
const labels = 250;

const text = (x, y, content, rest = "") =>
  `<text x="${x}" y="${y}" ${rest}>${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;

export function plot(results) {
  const rows = results.flatMap(({ tables }) => tables.flatMap((table) => table.rows));
  const most = Math.max(...rows.map(({ rate }) => rate));
  const parts = [];
  let y = 24;
  for (const { runtime, tables } of results) {
    parts.push(text(8, y, runtime, 'font-weight="bold"'));
    y += 22;
    for (const { task, rows } of tables) {
      parts.push(text(8, y, task, 'font-style="italic"'));
      y += 8;
      for (const { name, rate, ratio } of rows) {
        const length = Math.max(1, ((width - labels - 130) * rate) / most);
        const ours = name.startsWith("wudun-ota");
        parts.push(text(labels - 8, y + 14, name, 'text-anchor="end"'));
        parts.push(
          `<rect x="${labels}" y="${y + 1}" width="${length.toFixed(1)}" height="${bar - 3}" rx="2" fill="${ours ? "#0f766e" : "#8a94a6"}"/>`,
        );
        parts.push(text(labels + length + 6, y + 14, `${rate.toFixed(0)} MB/s (${ratio.toFixed(2)}×)`));
        y += bar + 2;
      }
      y += 20;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="MD5 throughput by runtime and library">
<style>text{font-family:system-ui,sans-serif;font-size:13px;fill:#1f2733}@media(prefers-color-scheme:dark){text{fill:#e3e8ef}}</style>
${parts.join("\n")}
</svg>
`;
}

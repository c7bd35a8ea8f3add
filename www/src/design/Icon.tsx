/** Line icons on a 16-unit grid; they take the colour of the text around them. */
import styles from "./Icon.module.css";

const paths = {
  link: "M6.5 9.5l3-3M7 4.8l1.1-1.1a2.9 2.9 0 014.2 4.2L11.2 9M9 11.2l-1.1 1.1a2.9 2.9 0 01-4.2-4.2L4.8 7",
  chip: "M5 4.5h6a.5.5 0 01.5.5v6a.5.5 0 01-.5.5H5a.5.5 0 01-.5-.5V5a.5.5 0 01.5-.5zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14",
  compose: "M3 13l.6-2.6 6.9-6.9a1 1 0 011.4 0l.6.6a1 1 0 010 1.4L5.6 12.4 3 13zM9.3 4.7l2 2M9.5 13H13",
  watch: "M1.8 8.5h2.7l1.8-4.8 3 8.6 1.9-3.8h3",
  copy: "M6 5.5h6a.5.5 0 01.5.5v7a.5.5 0 01-.5.5H6a.5.5 0 01-.5-.5V6a.5.5 0 01.5-.5zM3.5 10.5V3A.5.5 0 014 2.5h6",
  check: "M3 8.5l3.2 3.2L13 5",
  cross: "M4 4l8 8M12 4l-8 8",
  warn: "M8 2.5l6 10.7H2L8 2.5zM8 6.5v3.2M8 11.4v.2",
  info: "M8 14A6 6 0 108 2a6 6 0 000 12zM8 7.3v3.6M8 5v.2",
  stop: "M5.4 2.5h5.2l2.9 2.9v5.2l-2.9 2.9H5.4l-2.9-2.9V5.4l2.9-2.9zM8 5v3.6M8 10.8v.2",
  file: "M4 2.5h5l3 3v8H4v-11zM9 2.5v3h3",
  clock: "M8 14A6 6 0 108 2a6 6 0 000 12zM8 4.8V8l2.2 1.6",
  back: "M10 3.5L5.5 8l4.5 4.5",
  next: "M6 3.5L10.5 8 6 12.5",
  down: "M4 6l4 4 4-4",
  export: "M8 10V2.5M5 5l3-3 3 3M3 9.5v4h10v-4",
  search: "M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.3 10.3L13.5 13.5",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 100-3.6 1.8 1.8 0 000 3.6z",
  sun: "M8 10.8a2.8 2.8 0 100-5.6 2.8 2.8 0 000 5.6zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1",
  moon: "M13 9.8A5.5 5.5 0 016.2 3a5.5 5.5 0 106.8 6.8z",
  system: "M2.5 3.5h11v7h-11v-7zM6 13h4M8 10.5V13",
  send: "M2.5 8L13.5 3l-3 10-3-4-5-1zM7.5 9l6-6",
  trash: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5",
  undo: "M5.5 3L3 5.5 5.5 8M3.2 5.5H9a3.7 3.7 0 010 7.4H6",
  plug: "M5.5 2v3M10.5 2v3M4 5h8v2.5a4 4 0 01-8 0V5zM8 11.5V14",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  return (
    <svg className={large ? styles.large : styles.icon} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

(() => {
  const shown = (one) => {
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.display !== "none";
  };
  const named = (one) => {
    const first = (one.getAttribute("class") || "").trim().split(/\s+/)[0] || "";
    const text = (one.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${one.tagName.toLowerCase()}${one.id ? "#" + one.id : first ? "." + first : ""}>${text ? ` “${text}”` : ""}`;
  };
  const overlay = document.querySelector("vite-error-overlay");
  const said = (part) => overlay?.shadowRoot?.querySelector(part)?.textContent?.trim() || "";
  const every = [...document.body.querySelectorAll("*")].slice(0, 4000);
  const drawn = every.filter((one) => !["SCRIPT", "STYLE", "VITE-ERROR-OVERLAY"].includes(one.tagName) && shown(one));
  const text = (document.body.innerText || "").trim();
  const media = drawn.some((one) => ["IMG", "SVG", "CANVAS", "VIDEO", "INPUT", "BUTTON"].includes(one.tagName.toUpperCase()));
  const width = document.documentElement.clientWidth;
  const scrolls = document.documentElement.scrollWidth > width + 1;
  const wide = scrolls
    ? drawn.filter((one) => one.getBoundingClientRect().right > width + 1).map(named).slice(0, 3)
    : [];
  const area = innerWidth * innerHeight;
  const covering = drawn
    .filter((one) => getComputedStyle(one).position === "fixed" && !one.closest("[role=dialog],[aria-modal=true]"))
    .filter((one) => {
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      return (
        box.width * box.height > area / 2 &&
        style.pointerEvents !== "none" &&
        Number(style.zIndex) >= 0 &&
        style.backgroundColor !== "rgba(0, 0, 0, 0)"
      );
    })
    .map(named)
    .slice(0, 2);

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" || Number(style.opacity) < 1) return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0.98) return colour;
      if (colour[3] > 0.02) return null;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  for (const one of drawn.slice(0, 1500)) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || one.closest("[disabled],[aria-hidden=true]")) continue;
    const style = getComputedStyle(one);
    const ink = rgba(style.color);
    const ground = behind(one);
    if (!ground || ink[3] < 0.98) continue;
    const [dark, bright] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${named(one)} ${ratio.toFixed(1)}:1`);
    if (faint.length >= 5) break;
  }
  return {
    drawn: drawn.length,
    text: text.length,
    blank: !overlay && !text && !media,
    overlay: overlay ? { message: said(".message-body"), file: said(".file"), plugin: said(".plugin") } : null,
    wide,
    scrolls,
    covering,
    faint,
    place: location.pathname,
  };
})()

// Adds the buttons that save plots. Without it the report is complete.
"use strict";
{
  const scale = 2;    // points of a PNG for each unit of a picture
  const margin = 14;  // around a picture that stands alone
  const source = 20;  // below it, for the line that names the experiment, which the page hides
  const light = document.getElementById("plot-style").textContent;
  const dark = document.getElementById("plot-style-dark").textContent;

  // The picture as a file: with its style, since the page's does not go with it.
  const standalone = (plot, style) => {
    const copy = plot.cloneNode(true);
    const width = plot.viewBox.baseVal.width + 2 * margin;
    const height = plot.viewBox.baseVal.height + 2 * margin + source;
    const paper = copy.querySelector(".paper");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", `${-margin} ${-margin} ${width} ${height}`);
    copy.setAttribute("width", scale * width);
    copy.setAttribute("height", scale * height);
    for (const [name, value] of Object.entries({ x: -margin, y: -margin, width, height })) paper.setAttribute(name, value);
    const rules = document.createElementNS("http://www.w3.org/2000/svg", "style");
    rules.textContent = style;
    copy.insertBefore(rules, paper);
    return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  };

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // A PNG is always white: nobody knows where it will be shown.
  const savePng = async (plot, name) => {
    const image = new Image();
    image.src = URL.createObjectURL(standalone(plot, light));
    try {
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => save(blob, name), "image/png");
    } finally {
      URL.revokeObjectURL(image.src);
    }
  };

  for (const figure of document.querySelectorAll("figure[data-name]")) {
    const plot = figure.querySelector("svg");
    const bar = document.createElement("div");
    bar.className = "save";
    const add = (text, action) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-label", `Save as ${text}: ${plot.querySelector("title").textContent}`);
      button.addEventListener("click", action);
      bar.append(button);
    };
    add("SVG", () => save(standalone(plot, light + dark), `${figure.dataset.name}.svg`));
    add("PNG", () => savePng(plot, `${figure.dataset.name}.png`));
    figure.append(bar);
  }
}

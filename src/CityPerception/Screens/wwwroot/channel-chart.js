// A KPI over time, by ECharts on a canvas: with markers where its level changed and where late data restated it.
import { lang } from "./texts.js";
import { figure, levelName, sign, tell } from "./wall-texts.js";

let chart = null;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function drawSeries(root, series, unit) {
  chart ??= window.echarts.init(root, null, { renderer: "canvas" });
  chart.resize();
  const points = series.points, colours = Object.fromEntries(["green", "yellow", "orange", "red", "unknown"].map((l) => [l, css(`--${l}`)]));
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.85, quiet = css("--quiet"), line = css("--line"), text = css("--text");
  const marks = points.flatMap((p, i) => (i > 0 && points[i - 1].group === p.group && p.level !== points[i - 1].level
    ? [{ coord: [p.time, p.value], value: sign(p.level), itemStyle: { color: colours[p.level] }, label: { color: colours[p.level] } }] : []));
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: size * 4.6, right: size * 1.5, top: size * 2.6, bottom: size * 3.4 },
    xAxis: { type: "time", axisLabel: { color: quiet, fontSize: size, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
    yAxis: { type: "value", scale: true, name: unit, nameTextStyle: { color: quiet, fontSize: size }, axisLabel: { color: quiet, fontSize: size, formatter: figure }, splitLine: { lineStyle: { color: line } } },
    // Drawn on the canvas: the usual tooltip is markup.
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: css("--raised"), borderColor: line, textStyle: { color: text, fontSize: size }, formatter: (shown) => describe(shown[0].data.point, unit) },
    series: [{
      type: "line", showSymbol: points.length < 80, symbolSize: size * 0.5, lineStyle: { width: 2, color: css("--focus") }, areaStyle: { color: css("--focus"), opacity: 0.08 },
      data: points.map((p) => ({ value: [p.time, p.value], point: p, symbol: p.rev > 0 ? "diamond" : "circle", symbolSize: p.rev > 0 ? size : size * 0.5, itemStyle: { color: colours[p.level] } })),
      z: 3,
      markPoint: { symbol: "circle", symbolSize: 1, label: { formatter: (m) => m.value, position: "top", fontSize: size * 1.1 }, data: marks.slice(-40) },
    }, {
      // The period before, moved to where it is compared.
      type: "line", showSymbol: false, silent: true, lineStyle: { width: 1.5, type: "dashed", color: quiet }, data: points.filter((p) => p.previous).map((p) => [p.time, p.previous.value]), tooltip: { show: false },
    }],
  }, true);
}

function describe(point, unit) {
  const time = new Date(point.time).toLocaleString(lang() === "zh" ? "zh-CN" : "en", { hour12: false });
  const before = point.previous ? `\n┄ ${tell("previous")} ${figure(point.previous.value)} ${unit}` : "";
  const restated = point.rev > 0 ? `\n◇ ${tell("restated", point.rev)}` : "";
  return `${time}\n${figure(point.value)} ${unit}\n${sign(point.level)} ${levelName(point.level)}\n${tell("samplesShort", point.samples)}${before}${restated}`;
}

new ResizeObserver(() => chart?.resize()).observe(document.getElementById("chart"));

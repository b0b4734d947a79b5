// What the wall and the channel pages say, in their two languages.
import { age, count, lang, locale, measured, unit } from "./texts.js";

const texts = {
  zh: {
    skip: "跳到通道", language: "English", title: "城市感知大屏", connecting: "正在连接", live: "实时", lost: "连接中断，正在重连",
    lostAge: "连接中断 · 画面为{0}的数据，正在重连", storeAway: "数据库无响应 · 通道数据为{0}",
    level: { green: "正常", yellow: "关注", orange: "预警", red: "严重", unknown: "未评级", stale: "已过时" },
    channels: "通道", map: "各区县态势", mapNote: "示意图，按各区县政府驻地相对位置排列", approval: "审图号：{0}", changes: "级别变化", noChanges: "近期没有级别变化", cases: "案件动态", noCases: "近期没有案件", openCases: "在办 {0} 件", devicesOnline: "设备在线 {0}，共 {1}", casesShort: "{0}件", devicesShort: "{0}/{1}台", ingest: "接入状况",
    noChannels: "尚未配置通道。", noValue: "暂无数据", window: { "1m": "每分钟", "1h": "每小时", "1d": "每日" }, rate: "每秒消息", accepted: "已接受", rejected: "已拒绝", waiting: "待入库",
    sources: "活跃数据源", thing: "物感", human: "人感", things60: "物感，最近 60 秒共 {0} 条", people60: "人感，最近 60 秒共 {0} 条", ingestPage: "接入详情",
    up: "较上一时段上升 {0}", down: "较上一时段下降 {0}", same: "与上一时段持平", trend: "最近 {0} 个时段，最低 {1}，最高 {2}", wholeCity: "全市",
    back: "返回大屏", kpis: "指标", district: "区域", series: "走势", windows: "时间粒度", ranking: "区县比较", rankingOf: "{0} 起的同一时段", rankingGroups: "分项比较", groupsNote: "共 {0} 项，最需关注的在前", allGroups: "全部", table: "数据表", csv: "下载 CSV", xlsx: "下载 Excel", previous: "上期同时段", rawPoints: "查看原始点：{0}", refusedOf: "该时段起被拒绝的数据，按来源查看", copy: "复制", copied: "已复制", explain: "解释", explainOf: "解释：{0}",
    close: "关闭", time: "时间", value: "数值", levelHead: "级别", samples: "样本数", revision: "修订", computed: "计算于", coverage: "数据覆盖", definedBy: "依据", formula: "公式", computation: "代入数值", inputs: "输入",
    input: "输入", definition: "口径", result: "结果", revisions: "曾经显示", neverRevised: "未曾修订", bounds: "分级界限", noBounds: "不分级", noSeries: "所选时段没有数据", failed: "未能取得数据：{0}", notShown: "该时段没有显示数值", original: "初次计算",
    restated: "第 {0} 次修订", period: "时段", samplesShort: "样本 {0}", chartOf: "{0}走势图，{1} 个时段，最新 {2}。数据表在图后。", unknownCoverage: "未知", whyUnknown: "级别未知的原因", whyDoubtful: "数据不足", noChannel: "没有这个通道",
  },
  en: {
    skip: "Skip to the channels", language: "中文", title: "City perception wall", connecting: "Connecting", live: "Live", lost: "Connection lost, retrying",
    lostAge: "Connection lost · figures from {0}, retrying", storeAway: "The store does not answer · channels from {0}",
    level: { green: "normal", yellow: "watch", orange: "warning", red: "critical", unknown: "not rated", stale: "out of date" },
    channels: "Channels", map: "Districts", mapNote: "schematic, by seats of government", approval: "Map approval (审图号) {0}", changes: "Level changes", noChanges: "No level changed lately", cases: "Cases", noCases: "No case lately", openCases: "{0} open cases", devicesOnline: "{0} of {1} devices online", casesShort: "{0} open", devicesShort: "{0}/{1}", ingest: "Ingest",
    noChannels: "No channel is configured.", noValue: "no value yet", window: { "1m": "by minute", "1h": "by hour", "1d": "by day" }, rate: "Messages/s", accepted: "Accepted", rejected: "Rejected", waiting: "Waiting",
    sources: "Active sources", thing: "Things", human: "People", things60: "Things: {0} messages in the last 60 s", people60: "People: {0} messages in the last 60 s", ingestPage: "Ingest in detail",
    up: "{0} up on the last", down: "{0} down on the last", same: "as the last", trend: "last {0} periods, lowest {1}, highest {2}", wholeCity: "City",
    back: "Back to the wall", kpis: "KPIs", district: "Area", series: "Over time", windows: "Period", ranking: "Districts compared", rankingOf: "the same period, from {0}", rankingGroups: "Groups compared", groupsNote: "{0}, the one to worry about first", allGroups: "all together", table: "Table", csv: "Download CSV", xlsx: "Download Excel", previous: "Period before", rawPoints: "See the raw points: {0}", refusedOf: "What was refused since then, by source", copy: "Copy", copied: "Copied", explain: "Explain", explainOf: "Explain: {0}",
    close: "Close", time: "Time", value: "Value", levelHead: "Level", samples: "Samples", revision: "Revision", computed: "Computed", coverage: "Coverage", definedBy: "Defined by", formula: "Formula", computation: "With its numbers", inputs: "Inputs",
    input: "Input", definition: "Definition", result: "Result", revisions: "Shown before", neverRevised: "never restated", bounds: "Bounds of levels", noBounds: "has no levels", noSeries: "No values in this period", failed: "Could not be fetched: {0}", notShown: "nothing is shown for this period", original: "as first computed",
    restated: "restated, revision {0}", period: "Period", samplesShort: "{0} samples", chartOf: "Chart of {0}: {1} periods, the latest {2}. The table follows it.", unknownCoverage: "not known", whyUnknown: "Why there is no level", whyDoubtful: "Little data", noChannel: "There is no such channel",
  },
};

/** The text of a key, with {0}, {1} … filled in. */
export const tell = (key, ...values) => values.reduce((text, value, i) => text.replace(`{${i}}`, () => value), texts[lang()][key]);

// A shape for each level, so that it is told without colour; the word follows.
const signs = { green: "●", yellow: "▲", orange: "◆", red: "■", unknown: "○", stale: "◌" };
export const sign = (level) => signs[level] ?? signs.unknown;
export const levelName = (level) => texts[lang()].level[level] ?? level;
export const windowName = (name) => texts[lang()].window[name] ?? name;

const unitsInEnglish = { 件: "cases", 个: "", 户: "entities", 工作日: "days" };

/** A KPI's unit in the person's language. */
export const unitOf = (name) => (lang() === "en" ? unitsInEnglish[name] ?? unit(name) : unit(name));

/** A KPI's value: as many digits as can be read from afar. */
export function figure(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  return measured(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

/** A time of today as hours and minutes, else with its day. */
export function moment(time, now = Date.now()) {
  const date = new Date(time), today = new Date(now).toDateString() === date.toDateString();
  const form = today ? { hour: "2-digit", minute: "2-digit" } : { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(locale(), { ...form, hour12: false }).format(date);
}

export const ago = (time, now) => age(Math.max(0, (now - Date.parse(time)) / 1000));

export const covered = (share) => (share === undefined || share === null ? tell("unknownCoverage") : `${Math.round(share * 100)} %`);

// What the page says, in its two languages.
const texts = {
  zh: {
    skip: "跳到数据源", subtitle: "人感与物感，汇成一路", language: "English",
    connecting: "正在连接", live: "实时", lost: "连接中断，正在重试", dataAge: "· 数据为{0}",
    totals: "总览", rate: "每秒消息", accepted: "已接受观测", rejected: "已拒绝", waiting: "待入库", stored: "已入库", backfilling: "补录待入库",
    senses: "两路感知", lastMinute: "最近 60 秒，每秒消息数", thing: "物感", human: "人感", platform: "平台",
    sources: "数据源", sourceCount: "{0} 个，其中 {1} 个最近一分钟有数据", source: "数据源", sense: "感知", now: "当前", minute: "60 秒",
    last: "最近消息", latest: "最新观测", noSources: "尚未配置数据源，也未收到消息。", justNow: "刚刚", never: "尚无消息", silent: "已静默 · {0}",
    perSecond: "{0} 条/秒", perMinute: "{0} 条/分", refused: "拒绝 {0}", spark: "最近 60 秒共 {0} 条，峰值每秒 {1} 条",
    mirror: "最近 60 秒：物感共 {0} 条，人感共 {1} 条",
    rejections: "最近拒绝", noRejections: "没有被拒绝的数据", health: "健康状态", metrics: "指标", admin: "管理", api: "接口定义",
    about: "版本 {0} · 启动于 {1}", yes: "是", no: "否",
    signIn: "登录", signOut: "退出", name: "用户名", password: "密码", byKey: "这是一块大屏：用密钥登录", screenKey: "大屏密钥", keyWrong: "密钥无效，或不只是 read 权限。", signInWrong: "用户名或密码有误，或尝试次数过多。", signInTooOften: "请求过于频繁，请在 {0} 秒后重试。", signInFailed: "无法登录（{0}），请稍后重试。", providerFailed: "统一登录未完成，请重试或联系管理员。", providerNoRole: "您的账号在本系统没有角色，请联系管理员。",
    reasons: {
      payload_empty: "消息为空", payload_too_large: "消息过大", content_encoding_invalid: "压缩或编码无法还原", text_encoding_invalid: "文本编码有误",
      syntax_invalid: "格式有误", depth_exceeded: "嵌套过深", elements_exceeded: "元素过多", duplicate_key: "键重复", source_unknown: "未知数据源",
      measurement_unknown: "未知观测类型", field_unknown: "未知字段", tag_unknown: "未知标签", value_missing: "缺少必需的值", type_mismatch: "类型不符",
      number_invalid: "不是有效数字", out_of_range: "超出有效范围", time_invalid: "时间格式有误", time_too_old: "时间过早", time_in_future: "时间超前",
      lookup_missing: "对照表中没有", tag_value_invalid: "标签值无效", position_invalid: "位置不在城市范围内", fields_empty: "没有任何字段",
      version_unsupported: "不支持的版本", refused_by_store: "数据库拒绝", spool_record_damaged: "缓冲记录损坏", sender_foreign: "冒用他人设备名", checksum_invalid: "校验和错误", alias_unknown: "别名未知", device_unknown: "设备未登记", device_quarantined: "设备待登记",
    },
  },
  en: {
    skip: "Skip to the sources", subtitle: "What people report and sensors measure, as one stream", language: "中文",
    connecting: "Connecting", live: "Live", lost: "Connection lost, retrying", dataAge: "· figures from {0}",
    totals: "Totals", rate: "Messages a second", accepted: "Accepted", rejected: "Rejected", waiting: "Waiting for the store", stored: "Stored", backfilling: "Backfill waiting",
    senses: "The two senses", lastMinute: "Messages a second, last 60 s", thing: "Things", human: "People", platform: "Platform",
    sources: "Sources", sourceCount: "{0}, of which {1} sent in the last minute", source: "Source", sense: "Sense", now: "Now", minute: "60 s",
    last: "Last message", latest: "Latest observation", noSources: "No source is configured and nothing has arrived.", justNow: "now", never: "none yet", silent: "silent · {0}",
    perSecond: "{0}/s", perMinute: "{0}/min", refused: "{0} rejected", spark: "last 60 s: {0} messages, at most {1} a second",
    mirror: "last 60 s: {0} messages from things, {1} from people",
    rejections: "Recent rejections", noRejections: "Nothing was rejected", health: "Health", metrics: "Metrics", admin: "Administration", api: "API",
    about: "Version {0} · started {1}", yes: "yes", no: "no",
    signIn: "Sign in", signOut: "Sign out", name: "Name", password: "Password", byKey: "This is a screen: sign in with a key", screenKey: "The screen's key", keyWrong: "The key is not taken, or may do more than read.", signInWrong: "Name or password is wrong, or there were too many attempts.", signInTooOften: "Too many attempts; come again in {0} s.", signInFailed: "Signing in failed ({0}); try again later.", providerFailed: "The provider did not let you in; try again, or ask the administrator.", providerNoRole: "Your account has no role here; ask the administrator.",
    reasons: {
      payload_empty: "Empty message", payload_too_large: "Message too large", content_encoding_invalid: "Cannot be decompressed or decoded", text_encoding_invalid: "Wrong text encoding",
      syntax_invalid: "Syntax error", depth_exceeded: "Nested too deep", elements_exceeded: "Too many elements", duplicate_key: "Key occurs twice", source_unknown: "Unknown source",
      measurement_unknown: "Unknown measurement", field_unknown: "Unknown field", tag_unknown: "Unknown tag", value_missing: "Required value missing", type_mismatch: "Wrong type",
      number_invalid: "Not a valid number", out_of_range: "Out of range", time_invalid: "Time has another form", time_too_old: "Time too old", time_in_future: "Time in the future",
      lookup_missing: "Not in the lookup table", tag_value_invalid: "Tag value not allowed", position_invalid: "Outside the city", fields_empty: "No field at all",
      version_unsupported: "Version not supported", refused_by_store: "Refused by the store", spool_record_damaged: "Damaged spool record", sender_foreign: "Sent in another device's name", checksum_invalid: "Wrong check sum", alias_unknown: "Unknown alias", device_unknown: "Device not registered", device_quarantined: "Device awaits registration",
    },
  },
};

const storageKey = "cityperception.language";
let language = stored() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

function stored() {
  try {
    const value = localStorage.getItem(storageKey);
    return value in texts ? value : null;
  } catch {
    return null; // storage is switched off: the browser's language will do
  }
}

export const lang = () => language;
export const locale = () => (language === "zh" ? "zh-CN" : "en");

export function setLanguage(next) {
  language = next;
  try { localStorage.setItem(storageKey, next); } catch { /* not remembered, then */ }
}

/** The text of a key, with {0}, {1} … filled in. */
export const say = (key, ...values) => values.reduce((text, value, i) => text.replace(`{${i}}`, value), texts[language][key]);

/** A rejection's reason in words; one that a newer server has and this page does not know stays as it is. */
export const reason = (key) => texts[language].reasons[key] ?? key;

/** Picks the language of a {zh, en} name. */
export const pick = (name) => name?.[language];

const whole = { zh: new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 0 }), en: new Intl.NumberFormat("en", { maximumFractionDigits: 0 }) };
const fine = { zh: new Intl.NumberFormat("zh-CN", { maximumSignificantDigits: 6 }), en: new Intl.NumberFormat("en", { maximumSignificantDigits: 6 }) };

export const count = (n) => whole[language].format(n);
export const measured = (n) => fine[language].format(n);

// Units as people write them, where data writes them in ASCII (UCUM).
const unitSigns = { "1": "", Cel: "°C", deg: "°", "ug/m3": "µg/m³", "mg/m3": "mg/m³", m3: "m³", "m3/s": "m³/s", "uS/cm": "µS/cm", "W/m2": "W/m²" };

export const unit = (name) => unitSigns[name] ?? name;

/** Seconds as an age in words: "3 s ago", "3 秒前". */
export function age(seconds) {
  const format = new Intl.RelativeTimeFormat(locale(), { style: "narrow" });
  if (seconds < 2) return say("justNow");
  if (seconds < 60) return format.format(-Math.max(0, Math.floor(seconds)), "second");
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return format.format(-Math.floor(seconds / 3600), "hour");
  return format.format(-Math.floor(seconds / 86400), "day");
}

/** Messages a second; below one, as they came in the last minute. */
export function rate(perSecond, lastMinute) {
  if (perSecond >= 1) return say("perSecond", perSecond >= 10 ? count(perSecond) : perSecond.toFixed(1));
  return say("perMinute", count(lastMinute));
}

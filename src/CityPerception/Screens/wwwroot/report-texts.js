// What the form says, in its two languages.
import { lang } from "./texts.js";

const texts = {
  zh: {
    title: "网格员上报", new: "新上报", signIn: "登录", signOut: "退出", language: "English",
    online: "", offline: "没有网络，或服务器无响应：上报先存在手机里，恢复后自动发送。", signInToSend: "请登录后发送。已写的上报仍在手机里。", mayNot: "您的账号没有上报权限。", elsewhere: "此服务器进程不接收上报（缺少角色 ingest）：请打开接收上报的地址。",
    insecure: "本页需通过 HTTPS 打开，才能定位和离线上报。", noForm: "首次使用须联网打开一次。",
    category: "类别", text: "情况描述", textHint: "可点键盘上的麦克风，用语音输入。请不要写姓名、电话等个人信息。",
    place: "位置", locate: "定位到我这里", locating: "正在定位…", located: "✓ 已定位，误差约 {0} 米（{1}，{2}）", forget: "不用定位",
    outside: "定位不在本市范围内，未采用。请选择区县并填写地址。", denied: "未能定位（未授权或无信号）。请选择区县并填写地址。",
    district: "区县", choose: "请选择", grid: "网格编码（可不填）", address: "地址（可不填）",
    photos: "照片（最多 5 张）", addPhoto: "拍照或选照片", photosHint: "照片在手机上缩小，不含拍摄位置等信息。", photo: "照片 {0}", remove: "移除", notAPhoto: "“{0}”不是可用的图片。", tooManyPhotos: "最多 5 张照片。",
    send: "上报", saved: "已存在手机里，联网后自动发送。", done: "✓ 已上报", notTaken: "服务器未接收，原因见“我的上报”。", notSaved: "手机存储已满或不可用，未保存。",
    mine: "我的上报", mineHint: "本手机上的上报及办理进度。", none: "还没有上报。",
    waiting: "待发送", sent: "已上报", refused: "未接收", again: "再次发送", drop: "删除", reallyDrop: "再点一次删除", withPhotos: "{0} 张照片", unsent: "{0} 条未发送",
    states: { reported: "已上报", verified: "已核实", accepted: "已受理", filed: "已立案", dispatched: "已派遣", signed: "已签收", disposed: "已处置", checked: "已核查", closed: "已结案", rework: "返工", returned: "已退单", cancelled: "已作废" },
  },
  en: {
    title: "Field report", new: "New report", signIn: "Sign in", signOut: "Sign out", language: "中文",
    online: "", offline: "No network, or the server does not answer: reports stay on this phone and are sent when it is back.", signInToSend: "Sign in to send. What you wrote is still on this phone.", mayNot: "Your account may not report.", elsewhere: "This process of the server takes no reports (it has not the role ingest): open the address of the one that does.",
    insecure: "Open this page by HTTPS: without it there is no position and no work without network.", noForm: "Open this page once with a network before its first use.",
    category: "Category", text: "What there is to see", textHint: "The microphone of the keyboard takes dictation. Please no names, telephone numbers or other personal data.",
    place: "Place", locate: "Use my position", locating: "Finding your position…", located: "✓ Position found, within about {0} m ({1}, {2})", forget: "Without position",
    outside: "The position is outside the city and was not taken. Choose the district and give the address.", denied: "No position (not allowed, or no signal). Choose the district and give the address.",
    district: "District", choose: "Choose", grid: "Code of the grid (optional)", address: "Address (optional)",
    photos: "Photos (up to 5)", addPhoto: "Take or choose photos", photosHint: "Photos are made smaller on this phone and keep no place or other data.", photo: "Photo {0}", remove: "Remove", notAPhoto: "“{0}” is no picture that can be used.", tooManyPhotos: "At most 5 photos.",
    send: "Report", saved: "Kept on this phone; it is sent when the network is back.", done: "✓ Reported", notTaken: "The server did not take it: “My reports” says why.", notSaved: "This phone's storage is full or switched off: not kept.",
    mine: "My reports", mineHint: "Reports of this phone and how far they are.", none: "No reports yet.",
    waiting: "Not sent yet", sent: "Reported", refused: "Not taken", again: "Send again", drop: "Delete", reallyDrop: "Press again to delete", withPhotos: "photos: {0}", unsent: "{0} unsent",
    states: { reported: "Reported", verified: "Verified", accepted: "Accepted", filed: "Filed", dispatched: "Dispatched", signed: "Signed for", disposed: "Dealt with", checked: "Checked", closed: "Closed", rework: "To be redone", returned: "Returned", cancelled: "Cancelled" },
  },
};

/** The text of a key, with {0}, {1} … filled in. */
export const say = (key, ...values) => values.reduce((text, value, i) => text.replace(`{${i}}`, () => value), texts[lang()][key]);

/** A state of a case in words. */
export const stateName = (state) => texts[lang()].states[state] ?? state;

// "English. 中文。", as the server says most things to people; what it says otherwise stays whole.
const both = /^(.*?\.) ([\u3400-\u9fff].*)$/su;

/** Why the server refused, in the person's language where it says so in both. */
export function detailOf(problem) {
  const details = Object.values(problem?.errors ?? {}).flat().map((e) => e?.detail ?? e);
  return (details.length ? details : [problem?.detail ?? ""]).map((d) => both.exec(d)?.[lang() === "en" ? 1 : 2] ?? d).join(" ");
}

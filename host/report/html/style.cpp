#include "host/report/html/sections.hpp"

namespace stemlathe::html {

namespace {

// Series colours keep at least 3:1 against the panel in both schemes; dashes tell neighbours apart
// for those who do not see the hues.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#eef0f2;--panel:#fff;--ink:#13171c;--dim:#5a6570;--rule:#d9dee3;
--soft:#f5f7f8;--good:#0b6e47;--bad:#b0241c;--warn:#8a5700;--accent:#b4530f;
--s1:#0b6fb8;--s2:#b4530f;--s3:#1d7f5c;--s4:#a23b83;--s5:#7a6a00;--s6:#5a55c4;--s7:#b52a4a;--s8:#3c7285}
@media screen and (prefers-color-scheme:dark){:root{--page:#0d0f12;--panel:#15191e;--ink:#e9edf1;--dim:#97a3af;
--rule:#2a3138;--soft:#1b2026;--good:#4fd39b;--bad:#ff8a80;--warn:#f3bd5a;--accent:#ff9d52;
--s1:#56b4f5;--s2:#ff9d52;--s3:#45d09a;--s4:#ee8ccb;--s5:#dccb4a;--s6:#a9a5ff;--s7:#ff7f97;--s8:#7fc4d8}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:0 20px 48px}
header{padding:36px 0 20px}
.mark{display:flex;align-items:center;gap:10px;font-weight:650;letter-spacing:.01em}
.mark span{color:var(--dim);font-weight:400}
.mark svg{width:34px;stroke:var(--accent);stroke-width:2;stroke-linecap:round;fill:none}
h1{font-size:clamp(28px,5vw,44px);line-height:1.1;letter-spacing:-.02em;margin:22px 0 4px;
font-weight:700;overflow-wrap:anywhere}
header p{margin:0;font-size:18px;color:var(--dim);overflow-wrap:anywhere}
.badges{display:flex;flex-wrap:wrap;gap:8px;margin:18px 0 0}
.badge{border:1px solid currentColor;border-radius:999px;padding:3px 13px;font-weight:600;font-size:14px}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}
.facts{display:flex;flex-wrap:wrap;gap:14px 36px;margin:22px 0 0}
.facts dt{color:var(--dim);font-size:13px}.facts dd{margin:0;font-size:18px;font-weight:600}
section{background:var(--panel);border:1px solid var(--rule);border-radius:12px;padding:22px 24px;
margin:16px 0}
h2{font-size:20px;margin:0;letter-spacing:-.01em}
h3{font-size:14px;margin:20px 0 8px;font-weight:650}
.lead{color:var(--dim);margin:2px 0 14px;max-width:110ch}
small{color:var(--dim);font-size:12.5px;font-weight:400}
code{font:12.5px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.cards{list-style:none;margin:0 0 18px;padding:0;display:grid;gap:12px;
grid-template-columns:repeat(auto-fit,minmax(190px,1fr))}
.card{background:var(--soft);border:1px solid var(--rule);border-top:3px solid var(--good);
border-radius:9px;padding:12px 16px}
.card.missed{border-top-color:var(--bad)}
.card h3{margin:0}.card p{margin:0}
.card p:last-child{margin-top:8px;font-weight:600;font-size:13.5px}
.figure{font-size:34px;font-weight:700;letter-spacing:-.03em;line-height:1.25}
.figure small{margin-left:6px;letter-spacing:0}
.remarks{margin:0 0 16px;padding:12px 16px 12px 34px;background:var(--soft);border-radius:9px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:8px 12px 8px 0;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{color:var(--dim);font-weight:500;font-size:12.5px;vertical-align:bottom;line-height:1.3}
tbody th{font-weight:600}tbody tr:last-child>*{border-bottom:0}
td span,tbody th{white-space:nowrap}
.n{text-align:right}td.n{white-space:nowrap}td small{display:block}
details{margin-top:14px}summary{cursor:pointer;color:var(--dim);font-weight:500}
figure{margin:0}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding:0;margin:0 0 12px;font-size:13.5px}
.legend li{display:flex;align-items:center;gap:7px}
.legend svg{width:28px;height:8px}
.chart{display:grid;grid-template-columns:44px 1fr;grid-template-rows:auto 300px 26px}
.unit{grid-column:1/3;color:var(--dim);font-size:12.5px;padding-bottom:6px}
.values{position:relative}
.values span{position:absolute;right:9px;transform:translateY(-50%);color:var(--dim);font-size:12px}
.plot{min-width:0}
.plot svg{display:block;width:100%;height:100%;overflow:hidden;border-left:1px solid var(--rule)}
.grid{stroke:var(--rule);stroke-width:1;vector-effect:non-scaling-stroke}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.times{grid-column:2;position:relative;height:26px}
.times span{position:absolute;top:6px;transform:translateX(-50%);color:var(--dim);font-size:12px;
white-space:nowrap}
.times span:first-child{transform:none}.times .end{transform:translateX(-100%)}
.lanes{display:grid;gap:18px}
.lane{display:grid;grid-template-columns:172px 44px 1fr;grid-template-rows:72px}
.lane .name{display:flex;flex-direction:column;justify-content:center;overflow-wrap:anywhere}
.lane .name b{font-size:13.5px;font-weight:600}
.lanes .times{margin-left:216px;grid-column:auto;margin-top:-14px}
.area{stroke:none;fill-opacity:.85}
.mix{stroke:var(--dim);stroke-dasharray:2 4}
.s1{stroke:var(--s1)}.s2{stroke:var(--s2);stroke-dasharray:9 3}.s3{stroke:var(--s3)}
.s4{stroke:var(--s4);stroke-dasharray:9 3}.s5{stroke:var(--s5)}.s6{stroke:var(--s6);stroke-dasharray:9 3}
.s7{stroke:var(--s7)}.s8{stroke:var(--s8);stroke-dasharray:9 3}
.area.s1{fill:var(--s1)}.area.s2{fill:var(--s2)}.area.s3{fill:var(--s3)}.area.s4{fill:var(--s4)}
.area.s5{fill:var(--s5)}.area.s6{fill:var(--s6)}.area.s7{fill:var(--s7)}.area.s8{fill:var(--s8)}
.area{stroke:none!important}
.bar{display:grid;grid-template-columns:120px 1fr 72px;gap:12px;align-items:center;font-size:14px;
padding:3px 0}
.bar svg{width:100%;height:9px;border-radius:5px;fill:var(--s1)}.bar .track{fill:var(--soft)}
footer{color:var(--dim);font-size:13px;padding:8px 4px}
@media(max-width:640px){
table{min-width:620px}main{padding:0 12px 32px}section{padding:16px 14px;border-radius:10px}header{padding:22px 2px 8px}
.facts{gap:10px 24px}.cards{grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}
.chart{grid-template-columns:34px 1fr;grid-template-rows:auto 220px 26px}
.times .odd{display:none}
.lane{grid-template-columns:34px 1fr;grid-template-rows:auto 64px}
.lane .name{grid-column:1/3;flex-direction:row;gap:8px;justify-content:flex-start;align-items:baseline}
.lanes .times{margin-left:34px}
.bar{grid-template-columns:86px 1fr 58px}}
)css";

} // namespace

std::string_view page_style() noexcept {
    return kStyle;
}

} // namespace stemlathe::html

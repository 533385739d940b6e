#include "host/report/html/sections.hpp"

namespace stemlathe::html {

namespace {

// The five severities are one ramp of luminance in both schemes, so that their order can be seen
// without hues: darker is worse on white, brighter is worse on black.
constexpr std::string_view kStyle = R"css(
:root{--v1:#4a0d3a;--v2:#98213f;--v3:#c94a22;--v4:#eda04a;--v5:#f6d69a;--l4:#c97a14;--l5:#a58241;--v6:#e9edf0;--on1:#fff;
--on5:#2a1a08;--wave:#93a0ac;--masked:#0b5fa5;--masker:#c9cfd6;--above:#0b6fb833;--band:#b4530f1c;
--q1:#f8ead2;--q2:#f5d9ac;--q3:#f0c184;--q4:#e8a45c;--q5:#dd8842}
@media screen and (prefers-color-scheme:dark){:root{--v1:#fff0b8;--v2:#fdb65a;--v3:#e8703f;
--v4:#a63a50;--v5:#6b2f66;--l4:#b8485c;--l5:#9656a0;--v6:#232a31;--on1:#1d1206;--on5:#f5e6f2;--wave:#5f6d7a;--masked:#6cc0ff;
--masker:#39424b;--above:#56b4f53d;--band:#ff9d5221;
--q1:#2c2320;--q2:#3f2b22;--q3:#553322;--q4:#6f3d22;--q5:#8a4820}}
a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--dim)}
a:hover{text-decoration-color:currentColor}
a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.summary,.finding,.comment,.legend{overflow-wrap:anywhere}
[id]{scroll-margin-top:16px}
#report:focus{outline:0}
.skip{position:absolute;left:-999px;top:8px;background:var(--panel);padding:8px 14px;border-radius:8px;z-index:9}
.skip:focus{left:12px}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;padding:4px 0 8px;font-size:14px}
nav a{color:var(--dim);text-decoration:none;padding:2px 0}nav a:hover{color:var(--ink)}
.v1{--v:var(--v1);--on:var(--on1);--thick:9px}.v2{--v:var(--v2);--on:var(--on1);--thick:7px}
.v3{--v:var(--v3);--on:var(--on1);--thick:5px}.v4{--v:var(--v4);--l:var(--l4);--on:var(--on5);--thick:4px}
.v5{--v:var(--v5);--l:var(--l5);--on:var(--on5);--thick:3px}.v6{--v:var(--v6)}
.severity{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
.severity i{font-style:normal;color:var(--v);-webkit-text-stroke:.6px var(--ink);font-size:13px;line-height:1}
.summary{margin:14px 0 0;display:grid;gap:10px;font-size:16px;line-height:1.5}
.summary div{display:grid;grid-template-columns:104px minmax(0,1fr);gap:12px}
.summary dt{color:var(--dim);font-size:13px;padding-top:2px}.summary dd{margin:0;max-width:92ch}
.timeline,.maps{margin-top:4px}
.stack{position:relative;display:grid;gap:14px}
.over{position:absolute;left:216px;top:0;width:calc(100% - 216px);height:100%;pointer-events:none}
.over .cue{stroke:var(--accent);stroke-width:1;stroke-dasharray:3 3;vector-effect:non-scaling-stroke;fill:none}
.strip{position:relative;display:grid;grid-template-columns:172px 1fr;column-gap:44px;align-items:start}
.strip .name,.map .name{display:flex;flex-direction:column;overflow-wrap:anywhere;padding-right:8px}
.strip .name b,.map .name b{font-size:13.5px;font-weight:600}
.strip .name{min-height:52px;justify-content:center}.flags .name{min-height:22px}
.track{min-width:0}
.wave{display:block;width:100%;height:52px;fill:var(--wave)}
.wave path:first-child{stroke:var(--wave);vector-effect:non-scaling-stroke;stroke-width:1}
.lesser{display:block;width:100%;height:4px;margin-top:3px}
.lesser path{stroke:var(--l,var(--v));stroke-width:2;fill:none}
.pins{position:relative;margin-top:3px}
.pin{position:absolute;min-width:3px;height:22px;border-top:var(--thick) solid var(--l,var(--v));
font-size:12px;line-height:13px;text-decoration:none;white-space:nowrap;font-weight:600;border-radius:1px}
.pin span{display:inline-flex;gap:3px}
.pin i{font-style:normal;color:var(--v);font-size:10px;-webkit-text-stroke:.5px var(--ink)}
.pin.again{border-top-style:dashed}.frame.again{border-style:dashed}
.pin.end{display:flex;justify-content:flex-end}
.pin.flag{border:0;border-left:2px solid var(--accent);height:20px;line-height:20px;
background:var(--band)}
.pin.flag span{padding:0 5px;background:var(--band)}
.timeline .times{margin-left:216px}
.maps{display:grid;gap:20px}
.map{display:grid;grid-template-columns:172px 44px 1fr;grid-template-rows:225px 26px}
.map .name{justify-content:center}
.map .times{grid-column:3}
.map .plot,.spectrum .plot{position:relative;overflow:hidden;border-left:1px solid var(--rule)}
.map .plot{border-bottom:1px solid var(--rule)}
.cells{height:100%}.map .plot svg,.spectrum .plot svg{border:0}
.cells path{stroke:var(--v);stroke-width:1.04;fill:none;shape-rendering:crispEdges}
.frame{position:absolute;border:1.5px solid var(--ink);border-radius:2px;min-width:4px;min-height:6px}
.frame.high b{transform:none;left:-1.5px}
.frame b{position:absolute;left:-1.5px;top:-1.5px;transform:translateY(-100%);background:var(--ink);
color:var(--panel);font-size:11px;line-height:15px;padding:0 4px;border-radius:2px 2px 2px 0}
.swatches i{width:22px;height:12px;border-radius:2px;background:var(--v)}
.pairs{width:auto;min-width:0!important}
.pairs td,.pairs th{padding:9px 14px;border:1px solid var(--panel);border-radius:6px;vertical-align:middle}
.pairs th{white-space:normal;overflow-wrap:anywhere;max-width:150px;min-width:84px}
.pairs thead td{white-space:nowrap;color:var(--dim);font-size:12.5px;padding-left:0}
.pairs thead th{text-align:center;color:var(--ink);font-weight:600;font-size:13px}
.pairs tbody th{padding-left:0}
.pairs tbody td{text-align:center;min-width:104px;background:var(--q)}
.pairs td small{color:inherit}
.q0{--q:var(--soft)}.q1{--q:var(--q1)}.q2{--q:var(--q2)}.q3{--q:var(--q3)}.q4{--q:var(--q4)}.q5{--q:var(--q5)}
.pairs td.self{background:none}.pairs td.layered{background:repeating-linear-gradient(135deg,
var(--soft) 0 6px,var(--rule) 6px 7px)}
.finding,.comment{border-top:1px solid var(--rule);padding:20px 0 22px}
.finding:first-of-type,.comment:first-of-type{border-top:0;padding-top:6px}
.finding:last-of-type{padding-bottom:4px}
.finding h3,.comment h3{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;font-size:17px;margin:0 0 8px}
.finding h3 span,.legend li{min-width:0}.legend svg,.legend i{flex:none}
.finding h3 .severity{font-size:13px;font-weight:500}
.rank{display:inline-block;min-width:28px!important;padding:0 7px;border-radius:6px;background:var(--v);color:var(--on);
font-size:14px;line-height:25px;text-align:center}
.rank.cue{background:var(--accent);color:var(--panel)}
:target>h3 .rank{outline:2px solid var(--ink);outline-offset:2px}
.halves{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:12px 36px;align-items:start}
.halves p{margin:0 0 12px;max-width:66ch}
.finding dl,.comment dl{display:grid;gap:5px;margin:0 0 14px}
.finding dl div,.comment dl div{display:grid;grid-template-columns:150px minmax(0,1fr);gap:10px}
.finding dt,.comment dt{color:var(--dim);font-size:13px;line-height:22px}.finding dd,.comment dd{margin:0}
.fix{border-left:3px solid var(--dim);padding:1px 0 1px 12px;margin:0!important}
.fix.applied{border-color:var(--good)}.fix.applied>b{color:var(--good)}
.fix code{white-space:nowrap}.fix.proposed{border-color:var(--accent)}.fix.none{color:var(--dim)}.fix.none>b{font-weight:500}
.gauge{margin:0 0 14px}
.scale{position:relative;height:34px;margin-bottom:2px}
.scale i{position:absolute;top:8px;height:8px;background:var(--v);border-right:1px solid var(--panel)}
.scale small{position:absolute;top:18px;transform:translateX(-50%);font-size:11px}
.scale:before{content:"";position:absolute;left:0;right:0;top:8px;height:8px;background:var(--v6);border-radius:2px}
.scale b,.gauge li b{display:inline-block;box-sizing:border-box}
.scale b{position:absolute;transform:translateX(-50%)}
b.now{width:14px;height:14px;border-radius:50%;background:var(--panel);border:3px solid var(--ink)}
b.measured{width:14px;height:14px;border-radius:50%;background:var(--ink);border:2px solid var(--panel);outline:1px solid var(--ink)}
b.predicted{width:14px;height:14px;border-radius:50%;background:var(--panel);border:2px dotted var(--ink)}
b.target{width:2px;height:20px;background:var(--ink)}
.scale b{top:5px}.scale b.target{top:2px}
.gauge ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13.5px}
.gauge li{display:flex;align-items:center;gap:7px}.gauge li b.target{height:14px}
.spectrum{display:grid;grid-template-columns:34px 1fr;grid-template-rows:auto auto 220px 24px}
.spectrum .legend{grid-column:1/3;gap:2px 16px;font-size:13px;margin:0 0 6px}
.spectrum .unit{padding-bottom:8px}
.masked{fill:none;stroke:var(--masked);stroke-width:2.2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.threshold{fill:none;stroke:var(--ink);stroke-width:1.6;stroke-dasharray:5 3;vector-effect:non-scaling-stroke}
.masker{fill:var(--masker)}.above{fill:var(--above);stroke:var(--above);stroke-width:.3}.band{fill:var(--band)}
.legend svg .masker,.legend svg .above{stroke:none}
blockquote{margin:0 0 12px;font-size:16px;font-style:italic}
.levels{font-size:13.5px;margin-bottom:14px}.levels th,.levels td{padding:4px 12px 4px 0;vertical-align:middle}
.levels tbody th{white-space:normal;min-width:96px}.levels td,.levels thead th{overflow-wrap:normal}
.levels td:nth-child(3){width:38%}
.deviation{display:block;width:100%;height:8px;fill:var(--masked)}.deviation .track{fill:var(--soft)}
.deviation .middle{stroke:var(--dim);vector-effect:non-scaling-stroke}
@media screen and (max-width:820px){.halves{grid-template-columns:minmax(0,1fr)}}
@media(max-width:640px){
.summary div{grid-template-columns:minmax(0,1fr);gap:0}
.over{left:0;width:100%}.strip{grid-template-columns:1fr}.strip .name{min-height:0;flex-direction:row;
gap:8px;justify-content:flex-start;align-items:baseline}
.timeline .times{margin-left:0}
.map{grid-template-columns:34px 1fr;grid-template-rows:auto 150px 26px}
.map .name{grid-column:1/3;padding-bottom:4px}.map .times{grid-column:2}
.spectrum{grid-template-rows:auto auto 180px 24px}
.finding dl div,.comment dl div{grid-template-columns:112px minmax(0,1fr)}
.levels{min-width:0}.pairs td,.pairs th{padding:7px 9px}.pairs tbody td{min-width:84px}}
@page{margin:14mm 12mm}
@media print{:root{--page:#fff;color-scheme:light}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:12px}main{padding:0}header{padding-top:0}nav,.skip{display:none}
section{border:0;padding:10px 0;margin:0;border-radius:0}
.card,.finding,.comment,.map,.lane,.strip,.summary div,.remarks,figure.timeline,figure.spectrum,figure .chart,.lead,
.pairs,tr{break-inside:avoid}
.legend{break-inside:avoid}
h2,h3,.lead,thead,figure .legend,section>.legend{break-after:avoid}
.finding,.comment{padding:10px 0 12px}.finding h3,.comment h3{font-size:14px}
.finding dl,.comment dl,.gauge{margin-bottom:8px}.finding dl,.comment dl{gap:2px}
.halves{gap:6px 20px}.finding dl div,.comment dl div{grid-template-columns:92px minmax(0,1fr)}
.finding dt,.comment dt{line-height:18px;font-size:11px}.gauge ul{font-size:11.5px;gap:2px 12px}
.spectrum{grid-template-rows:auto auto 140px 20px}.spectrum .legend{font-size:11.5px}
.map{grid-template-rows:150px 24px}table{font-size:11px;min-width:0}td span,tbody th{white-space:normal}
.summary{font-size:13px}small{font-size:11px}
details::details-content{content-visibility:visible;block-size:auto}summary::marker{content:""}
a{text-decoration:none}}
)css";

} // namespace

std::string_view masking_style() noexcept {
    return kStyle;
}

} // namespace stemlathe::html

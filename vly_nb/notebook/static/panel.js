var k=class extends Error{constructor(e){super(e.message);this.trouble=e}},Tt=6e4,H=class{constructor(t,e,s){this.wire=t;this.onUpdate=e;this.onState=s;t.onMessage(n=>this.take(n)),t.onClosed?.(()=>this.close())}last=0;waiting=new Map;closed=!1;retired=!1;ask(t,e=Tt){let s=++this.last;return new Promise((n,r)=>{let a=d=>{d.state&&this.onState(d.state),d.error?r(new k(d.error)):n(d.data)},l=window.setTimeout(()=>{this.waiting.delete(s),this.retired&&this.retire(),r(new k({message:"The kernel does not answer.",hint:"It may be busy: wait, or interrupt it."}))},e);this.waiting.set(s,{done:a,fail:r,timer:l});try{this.wire.send({id:s,request:t})}catch(d){this.waiting.delete(s),window.clearTimeout(l),r(new k({message:"There is no line to the kernel.",hint:String(d)}))}})}retire(){this.retired=!0,this.waiting.size||this.close()}close(){this.closed=!0;for(let{timer:t,fail:e}of this.waiting.values())window.clearTimeout(t),e(new k({message:"The line to the kernel is gone.",hint:""}));this.waiting.clear(),this.wire.close()}take(t){if(t.kind==="update"){this.retired||this.onUpdate(t);return}let e=this.waiting.get(t.id);e&&(this.waiting.delete(t.id),window.clearTimeout(e.timer),e.done(t),this.retired&&this.retire())}};function o(i,t={},...e){let s=document.createElement(i);for(let[n,r]of Object.entries(t))n.startsWith("on")?s.addEventListener(n.slice(2),r):n==="class"?s.className=String(r):r===!0?s.setAttribute(n,""):r!==!1&&r!==null&&r!==void 0&&s.setAttribute(n,String(r));return h(s,...e),s}function h(i,...t){for(let e of t)e&&i.appendChild(typeof e=="string"?document.createTextNode(e):e)}function v(i,...t){i.replaceChildren(),h(i,...t)}var St=new Set("P B STRONG EM I CODE PRE UL OL LI BR HR A BLOCKQUOTE TABLE THEAD TBODY TR TH TD DETAILS SUMMARY DIV SPAN".split(" ")),Ht=/^H[1-6]$/;function J(i){let t=document.createDocumentFragment(),e=new DOMParser().parseFromString(i,"text/html");return $(e.body,t),t}function $(i,t){for(let e of Array.from(i.childNodes))e.nodeType===Node.TEXT_NODE?t.appendChild(document.createTextNode(e.textContent??"")):(e instanceof Element||e.nodeType===Node.ELEMENT_NODE)&&Lt(e,t)}function Lt(i,t){if(/^(SCRIPT|STYLE|TEMPLATE|IFRAME|OBJECT|SVG|MATH)$/i.test(i.tagName))return;let e=Ht.test(i.tagName)?"P":i.tagName;if(!St.has(e)){$(i,t);return}let s=document.createElement(e.toLowerCase());s instanceof HTMLAnchorElement&&j(s,i.getAttribute("href")??""),$(i,s),t.appendChild(s)}function j(i,t){/^(https?:\/\/|mailto:)/i.test(t)&&(i.href=t,i.target="_blank",i.rel="noopener noreferrer")}function L(i){let t=document.createDocumentFragment(),e=i.split("`"),s=e.length%2===1;return e.forEach((n,r)=>h(t,s&&r%2?o("code",{},n):n+(s||r===e.length-1?"":"`"))),t}function x(i,t){i.addEventListener("submit",e=>{e.preventDefault(),t()}),i.addEventListener("keydown",e=>{e.key==="Enter"&&!e.isComposing&&e.target instanceof HTMLInputElement&&(e.preventDefault(),i.requestSubmit())})}var Z=0;function m(i){return Z+=1,`vly-${i}-${Z}`}var Mt=36e5,z=6e4,Ct=/^image\/(png|jpeg|gif|webp)$/,M=class{constructor(t,e){this.session=t;this.host=e;let s=e.t.bind(e);this.text=o("textarea",{class:"vly-prompt",rows:"3","aria-label":s("What would you like to change?"),placeholder:s("Say what you want changed. @ names a file.")}),this.text.value=t.draft.text,this.offers=new O(this.text,t,s("Suggestions")),this.send=o("button",{type:"button",class:"vly-primary vly-send",onclick:()=>void this.submit()},s("Send")),this.stop=o("button",{type:"button",class:"vly-stop",hidden:!0,onclick:()=>void this.halt()},s("Stop")),this.mode=o("select",{class:"vly-select","aria-label":s("How far vly goes by itself"),onchange:()=>this.settings({mode:this.mode.value})},o("option",{value:"run"},s("Run on")),o("option",{value:"step"},s("Step by step")),o("option",{value:"review"},s("Review first"))),this.model=o("select",{class:"vly-select vly-model","aria-label":s("Model"),onchange:()=>this.settings({model:this.model.value})});let n=o("input",{type:"file",hidden:!0,multiple:!0,onchange:()=>void this.attach(n.files)}),r=o("button",{type:"button",class:"vly-icon",title:s("Attach a picture or a file"),"aria-label":s("Attach a picture or a file"),onclick:()=>n.click()},"+");this.node=o("div",{class:"vly-composer","data-lm-suppress-shortcuts":"true"},this.queue,this.trouble,o("div",{class:"vly-box-outer"},this.text,this.offers.node,o("div",{class:"vly-tools"},r,n,o("span",{class:"vly-grow"}),this.stop,this.send)),o("div",{class:"vly-how"},this.mode,this.model,this.recordSwitch())),this.text.addEventListener("keydown",a=>this.key(a)),this.text.addEventListener("input",()=>this.typed()),this.text.addEventListener("paste",a=>this.pasted(a)),this.node.addEventListener("dragover",a=>a.preventDefault()),this.node.addEventListener("drop",a=>{a.dataTransfer?.files.length&&(a.preventDefault(),this.attach(a.dataTransfer.files))}),this.refresh()}node;text;send;stop;mode;model;queue=o("ul",{class:"vly-queue"});trouble=o("div",{class:"vly-trouble",role:"alert",hidden:!0});offers;past=-1;told;take(t){t.state&&this.refresh()}put(t){t&&(this.text.value=t,this.typed()),this.text.focus()}async submit(){let t=this.text.value;if(!t.trim()){this.text.focus();return}let{store:e,draft:s,actions:n}=this.session;s.history.push(t),this.past=-1,this.text.value=s.text="",this.say("");try{await this.told,e.busy||e.state?.driving?await this.queueUp([...e.state?.queue??[],t]):await n.send(t)}catch(r){this.text.value||=t,this.say(r)}}async queueUp(t){let{store:e}=this.session;e.state&&e.setState({...e.state,queue:t}),await this.session.line()?.ask({do:"queue",prompts:t},Mt)}async halt(){this.session.store.set({stopping:!0});try{await this.session.actions.stop()}catch(t){this.say(t)}finally{this.session.store.set({stopping:this.session.store.state?.running??!1})}}settings(t){this.told=this.session.line()?.ask({do:"set",...t}).catch(e=>this.say(e))}refresh(){let{store:t}=this.session,{state:e,busy:s,stopping:n}=t,r=t.standing==="ready"&&!!e?.project,a=this.host.t.bind(this.host);if(this.stop.hidden=!s&&!e?.open,this.stop.textContent=a(n?"Stopping\u2026":s?"Stop":"End turn"),this.stop.disabled=n,this.send.textContent=a(s?"Queue":"Send"),this.send.disabled=!r,this.mode.disabled=this.model.disabled=!r,e){this.mode.value=e.mode;let l=e.models.map(d=>o("option",{value:d},d));e.models.join()!==Array.from(this.model.options,d=>d.value).join()&&v(this.model,...l),this.model.value=e.model,this.showQueue(e.queue)}}showQueue(t){let e=this.host.t.bind(this.host);v(this.queue,...t.map((s,n)=>o("li",{},o("span",{class:"vly-queued",title:s},s),o("button",{type:"button",class:"vly-icon",title:e("Take it out of the queue"),"aria-label":e("Take \u201C%1\u201D out of the queue",s.slice(0,40)),onclick:()=>void this.queueUp(t.filter((r,a)=>a!==n)).catch(r=>this.say(r))},"\xD7")))),this.queue.hidden=t.length===0,this.queue.setAttribute("aria-label",e("Waiting their turn"))}recordSwitch(){let t=this.host.record;if(!t)return null;let e=o("input",{type:"checkbox",id:m("record"),onchange:()=>t.set(e.checked)});return e.checked=t.on,o("label",{class:"vly-record",for:e.id,title:this.host.t("Each step becomes a cell, so that the notebook can be run again")},e,this.host.t("In the notebook"))}key(t){this.offers.key(t)||(t.key==="Enter"&&!t.shiftKey&&!t.isComposing?(t.preventDefault(),this.submit()):t.key==="ArrowUp"&&this.text.selectionStart===0&&this.text.selectionEnd===0?this.recall(t,1):t.key==="ArrowDown"&&this.past>=0&&this.text.selectionStart===this.text.value.length?this.recall(t,-1):t.key==="Escape"&&this.session.store.busy&&this.halt())}recall(t,e){let{history:s}=this.session.draft,n=Math.max(-1,Math.min(s.length-1,this.past+e));if(n!==this.past){t.preventDefault(),this.past=n,this.text.value=n<0?"":s[s.length-1-n];let r=e>0?0:this.text.value.length;this.text.setSelectionRange(r,r)}}typed(){this.session.draft.text=this.text.value,this.offers.look()}pasted(t){let e=t.clipboardData?.files;e?.length&&(t.preventDefault(),this.attach(e))}async attach(t){for(let e of Array.from(t??[]))try{this.insert(await this.words(e))}catch(s){this.say(s)}}async words(t){if(Ct.test(t.type))return(await this.session.line()?.ask({do:"attach",name:t.name||"picture",data:await At(t)}))?.mention??"";let e=await t.text();if(e.includes("\0"))throw new Error(this.host.t("%1 is neither a picture nor text.",t.name));let s=e.length>z?this.host.t(" (the first %1 characters)",z):"";return`
${this.host.t("The file %1",t.name)}${s}:
${e.slice(0,z)}
`}insert(t){let{selectionStart:e,value:s}=this.text,n=e>0&&!/\s$/.test(s.slice(0,e))?" ":"";this.text.setRangeText(`${n}${t} `,e,this.text.selectionEnd,"end"),this.typed(),this.text.focus()}say(t){this.trouble.hidden=!t;let e=t.trouble?.hint??"";this.trouble.textContent=t?`${String(t.message??t)} ${e}`.trim():""}};async function At(i){let t=new Uint8Array(await i.arrayBuffer()),e="";for(let s=0;s<t.length;s+=32768)e+=String.fromCharCode(...t.subarray(s,s+32768));return btoa(e)}var O=class{constructor(t,e,s){this.text=t;this.session=e;this.node=o("ul",{class:"vly-offers",role:"listbox",id:m("offers"),"aria-label":s,hidden:!0}),t.setAttribute("aria-controls",this.node.id),t.setAttribute("aria-autocomplete","list"),t.addEventListener("blur",()=>window.setTimeout(()=>this.show([]),150))}node;items=[];fragment="";at=0;asked=0;async look(){let t=this.text.value.slice(0,this.text.selectionStart),e=++this.asked;if(!/(^|[\s(,])@[\w./()[\]+~$-]*$/.test(t)){this.show([]);return}try{let s=await this.session.line()?.ask({do:"complete",before:t.slice(-2e3)},3e3);s&&e===this.asked&&(this.fragment=s.fragment,this.show(s.items.slice(0,12)))}catch{this.show([])}}key(t){if(this.node.hidden)return!1;let e={ArrowDown:1,ArrowUp:-1}[t.key];if(e)this.at=(this.at+e+this.items.length)%this.items.length,this.mark();else if(t.key==="Enter"||t.key==="Tab")this.pick(this.at);else if(t.key==="Escape")this.show([]);else return!1;return t.preventDefault(),t.stopPropagation(),!0}show(t){this.items=t,this.at=0,this.node.hidden=t.length===0,v(this.node,...t.map((e,s)=>o("li",{role:"option",id:`${this.node.id}-${s}`,onmousedown:n=>{n.preventDefault(),this.pick(s)}},e.text))),this.mark()}mark(){Array.from(this.node.children).forEach((t,e)=>t.setAttribute("aria-selected",String(e===this.at))),this.node.hidden?this.text.removeAttribute("aria-activedescendant"):this.text.setAttribute("aria-activedescendant",`${this.node.id}-${this.at}`)}pick(t){let e=this.text.selectionStart,s=e-this.fragment.length;this.text.setRangeText(`${this.items[t].text} `,s,e,"end"),this.show([]),this.text.dispatchEvent(new Event("input"))}};var Dt=3e3;function tt(i,t){let e=o("button",{type:"button",class:"vly-stop",onclick:()=>void t().catch(()=>{})},i.t("Stop what runs")),s=o("div",{hidden:!0},o("p",{class:"vly-quiet"},i.t("It may be busy with a cell. What was said meanwhile is shown when that has ended.")),e);return window.setTimeout(()=>s.hidden=!1,Dt),o("div",{},o("p",{class:"vly-quiet",role:"status"},i.t("Waiting for the kernel\u2026")),s)}function et(i,t){if(!t)return o("p",{class:"vly-quiet"},i.t("No project is mounted. Use %vly mount PATH, or %vly new NAME, in a cell."));let e=o("div",{class:"vly-trouble",role:"alert",hidden:!0}),s=o("input",{type:"text",class:"vly-input",value:"my-app","aria-label":i.t("The new app\u2019s name"),spellcheck:"false"}),n=o("button",{type:"submit",class:"vly-primary"},i.t("New app")),r=o("form",{class:"vly-row"},s,n),a=[n],l=async c=>{e.hidden=!0,a.forEach(u=>u.disabled=!0);try{await c()}catch(u){e.hidden=!1,e.textContent=String(u.message)}finally{a.forEach(u=>u.disabled=!1)}};x(r,()=>void l(()=>t.newApp(s.value.trim())));let d=o("button",{type:"button",class:"vly-choice",onclick:()=>void l(()=>t.openFolder())},i.t("Open a folder\u2026"),o("span",{class:"vly-quiet"},i.t("An app that you have already")));a.push(d);let p=[d];if(t.tutorial){let c=o("button",{type:"button",class:"vly-choice",onclick:()=>void l(()=>t.tutorial?.()??Promise.resolve())},i.t("Try the tutorial"),o("span",{class:"vly-quiet"},i.t("An app is made and changed before your eyes; no key needed")));a.push(c),p.push(c)}return o("div",{class:"vly-first","data-lm-suppress-shortcuts":"true"},o("h2",{class:"vly-h"},i.t("Change a web app by saying what you want")),o("p",{class:"vly-quiet"},i.t("vly edits the app, checks it, and shows every step, which you can undo.")),r,...p,e)}var qt="as async await break case catch class const continue default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while yield",Pt=new Set(qt.split(" ")),Nt=/(\/\/.*|\/\*.*?\*\/|^\s*\*.*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|(<\/?[A-Za-z][\w.]*)|(\b\d[\d_.]*\b)|([A-Za-z_$][\w$]*)/g,$t=["comment","string","tag","number"],jt=/\.(tsx?|jsx?|mjs|cjs|css|json|py)$/,zt=400;function st(i,t,e){if(!jt.test(t)||e.length>zt){i.appendChild(document.createTextNode(e));return}let s=0;for(let n of e.matchAll(Nt)){let r=$t.find((a,l)=>n[l+1]!==void 0)??(Pt.has(n[5])?"keyword":"");r&&(i.appendChild(document.createTextNode(e.slice(s,n.index))),i.appendChild(o("span",{class:`vly-t-${r}`},n[0])),s=n.index+n[0].length)}i.appendChild(document.createTextNode(e.slice(s)))}var Ot=60;function E(i,t,e,s=!1){let n=s?-1:Ot,r=i.map(a=>{let l=a.hunks.reduce((d,p)=>d+p.lines.length,0);return n-=l,Vt(a,t,e,e!==void 0||n>=0&&i.length<=3)});return o("div",{class:"vly-files"},...r)}function Vt(i,t,e,s){let n=o("div",{class:"vly-diff",id:m("diff"),hidden:!0}),r={created:t.t("new"),modified:"",deleted:t.t("deleted")}[i.kind],a=()=>{n.firstChild||(h(n,...i.hunks.map(c=>Ft(i,c,t,e))),i.left_out>0&&h(n,o("div",{class:"vly-quiet vly-pad"},t.t("%1 more lines are not shown.",i.left_out))),i.binary&&h(n,o("div",{class:"vly-quiet vly-pad"},t.t("Not a text file."))))},l=o("button",{type:"button",class:"vly-toggle","aria-controls":n.id,onclick:()=>d(n.hidden)},_t(i.path),r?o("span",{class:"vly-tag"},r):null,o("span",{class:"vly-counts"},it(i.added,"+"),it(i.removed,"\u2212"))),d=c=>{c&&a(),n.hidden=!c,l.setAttribute("aria-expanded",String(c))};d(s);let p=o("div",{class:"vly-file-head"},e?It(i,t,e):null,l,t.openFile&&i.kind!=="deleted"?Rt(i,t):null);return o("div",{class:"vly-file"},p,n)}function it(i,t){return i?o("span",{class:t==="+"?"vly-plus":"vly-minus"},`${t}${i}`):null}function _t(i){let t=i.lastIndexOf("/")+1;return o("span",{class:"vly-path",title:i},o("span",{class:"vly-folder"},i.slice(0,t)),o("span",{},i.slice(t)))}function Rt(i,t){let e=t.t("Open %1 in the editor",i.path);return o("button",{type:"button",class:"vly-icon vly-open",title:e,"aria-label":e,onclick:()=>t.openFile?.(i.path,i.hunks[0]?.after_start)},"\u2197")}function It(i,t,e){return ot(t.t("Take all of %1",i.path),e,i.path,null)}function ot(i,t,e,s){let n=o("input",{type:"checkbox",class:"vly-box","aria-label":i,"data-path":e,"data-hunk":s??"",onchange:()=>t.set(e,s,n.checked)});return n.checked=t.has(e,s),n}function Ft(i,t,e,s){let n=`@@ \u2212${t.before_start},${t.before_count} +${t.after_start},${t.after_count} @@`,r=o("pre",{class:"vly-lines"}),a=t.before_start,l=t.after_start;for(let c of t.lines){let u={"+":"vly-add","-":"vly-del"," ":""}[c.tag],y=c.tag==="-"?a:l;a+=c.tag==="+"?0:1,l+=c.tag==="-"?0:1;let f=o("span",{class:`vly-line ${u}`},o("span",{class:"vly-no","aria-hidden":"true"},String(y)),o("span",{class:"vly-sign"},c.tag));st(f,i.path,c.text),h(r,f,`
`)}let d=e.t("Part %1 of %2",t.number,i.path),p=o("div",{class:"vly-hunk-head"},s?ot(e.t("Take part %1 of %2",t.number,i.path),s,i.path,t.number):null,o("span",{},s?e.t("Part %1",t.number):""),o("span",{class:"vly-quiet"},n));return o("div",{class:"vly-hunk",role:"group","aria-label":d,tabindex:"0","data-path":i.path,"data-hunk":t.number,"data-line":t.after_start},p,r)}function nt(i,t,e){v(i,t.length?E(t,e):o("p",{class:"vly-quiet"},e.t("Nothing changed.")))}function rt(i,t,e){let s=new V(i.changes),n=E(i.changes,t,s),r=o("button",{type:"button",class:"vly-primary"}),a=o("button",{type:"button",class:"vly-button"},t.t("Reject\u2026")),l=o("input",{type:"text",class:"vly-input","aria-label":t.t("Why not? vly is told"),placeholder:t.t("Why not? (vly is told)")}),d=o("button",{type:"button",class:"vly-primary"},t.t("Reject")),p=o("form",{class:"vly-row",hidden:!0},l,d),c=o("div",{class:"vly-trouble",role:"alert",hidden:!0}),u=async T=>{for(let S of[r,a,d])S.disabled=!0;try{await T}catch(S){c.hidden=!1,c.textContent=String(S.message),y(),a.disabled=d.disabled=!1}},y=()=>{r.textContent=s.words(t),r.disabled=s.count===0,s.show(n)};s.changed=y,r.addEventListener("click",()=>void u(e.apply(s.picks))),a.addEventListener("click",()=>{p.hidden=!p.hidden,p.hidden||l.focus()}),x(p,()=>void u(e.reject(l.value)));let f=o("section",{class:"vly-review","aria-label":t.t("A change that waits for you"),"data-lm-suppress-shortcuts":"true"},o("p",{class:"vly-ask"},t.t("Nothing is written yet. You decide.")),n,i.left_out?o("p",{class:"vly-quiet"},t.t("%1 more files are not shown; they go with \u201Call\u201D.",i.left_out)):null,o("div",{class:"vly-row"},r,a),p,c,o("p",{class:"vly-keys"},t.t("Keys: n next part \xB7 p previous \xB7 x take or leave \xB7 a apply \xB7 r reject \xB7 o open")));return Kt(f,{apply:r,reject:a},t),y(),f}function Kt(i,t,e){let s=()=>Array.from(i.querySelectorAll(".vly-hunk")),n=()=>document.activeElement?.closest(".vly-hunk")??null,r=l=>{let d=s(),p=n(),c=p?d.indexOf(p)+l:l>0?0:d.length-1,u=d[Math.max(0,Math.min(d.length-1,c))],y=u?.closest(".vly-diff");y?.hidden&&document.querySelector(`[aria-controls=${y.id}]`)?.click(),u?.focus(),u?.scrollIntoView({block:"nearest"})},a={n:()=>r(1),p:()=>r(-1),x:()=>n()?.querySelector(".vly-box")?.click(),a:()=>t.apply.click(),r:()=>t.reject.click(),o:()=>{let l=n();l&&e.openFile?.(l.dataset.path??"",Number(l.dataset.line))}};i.addEventListener("keydown",l=>{!(l.target instanceof HTMLInputElement&&l.target.type==="text")&&!l.ctrlKey&&!l.metaKey&&!l.altKey&&a[l.key]&&(l.preventDefault(),l.stopPropagation(),a[l.key]())})}var V=class{constructor(t){this.changes=t;for(let e of t)this.whole.set(e.path,!0),this.hunks.set(e.path,new Set(e.hunks.map(s=>s.number)))}hunks=new Map;whole=new Map;changed=()=>{};has(t,e){return e===null?!!this.whole.get(t):!!this.hunks.get(t)?.has(e)}set(t,e,s){let n=this.changes.find(a=>a.path===t),r=new Set(n?.hunks.map(a=>a.number));if(e===null)this.hunks.set(t,s?r:new Set),this.whole.set(t,s);else{let a=this.hunks.get(t)??new Set;s?a.add(e):a.delete(e),this.whole.set(t,a.size===r.size)}this.changed()}get count(){return this.changes.filter(t=>this.some(t)).length}get picks(){if(this.changes.every(e=>this.whole.get(e.path)))return null;let t={};for(let e of this.changes.filter(s=>this.some(s)))t[e.path]=this.whole.get(e.path)?null:[...this.hunks.get(e.path)??[]].sort((s,n)=>s-n);return t}words(t){if(this.picks===null)return t.t("Apply");let e=this.changes.reduce((n,r)=>n+(this.hunks.get(r.path)?.size??0),0),s=this.changes.reduce((n,r)=>n+r.hunks.length,0);return s>this.changes.length?t.t("Apply %1 of %2 parts",e,s):t.t("Apply %1 of %2 files",this.count,this.changes.length)}show(t){for(let e of Array.from(t.querySelectorAll(".vly-box"))){let s=e.dataset.hunk?Number(e.dataset.hunk):null,n=e.dataset.path??"";e.checked=this.has(n,s),e.indeterminate=s===null&&!e.checked&&(this.hunks.get(n)?.size??0)>0}}some(t){return!!this.whole.get(t.path)||(this.hunks.get(t.path)?.size??0)>0}};function at(i,t,e,s){let n=o("input",{type:"text",class:"vly-input","aria-label":e.t("Your own answer"),placeholder:e.t("Your own answer")}),r=o("div",{class:"vly-trouble",role:"alert",hidden:!0}),a=o("section",{class:"vly-review","aria-label":e.t("A question for you"),"data-lm-suppress-shortcuts":"true"}),l=p=>{a.querySelectorAll("button").forEach(c=>c.disabled=!0),s(p).catch(c=>{r.hidden=!1,v(r,String(c.message)),a.querySelectorAll("button").forEach(u=>u.disabled=!1)})},d=o("form",{class:"vly-row"},n,o("button",{type:"submit",class:"vly-button"},e.t("Answer")));return x(d,()=>void(n.value.trim()&&l(n.value.trim()))),h(a,o("p",{class:"vly-ask vly-pre"},i),...t.map((p,c)=>o("button",{type:"button",class:"vly-choice",onclick:()=>l(String(c+1))},p)),d,r),a}function lt(i,t,e,s,n=!1){let r=i.state==="waiting",a=i.checks.some(c=>c.status==="red"),[l,d]=r?["\u25CF",e.t("waits for you")]:i.state==="stopped"?["\u25A0",e.t("stopped")]:a?["\u2717",e.t("the checks complain")]:["\u2713",e.t("done")],p=o("article",{class:`vly-card ${r?"vly-waits":""} ${a?"vly-red":""}`,"aria-label":e.t("Step %1: %2",i.step,i.title)},o("header",{class:"vly-head"},o("span",{class:"vly-mark",role:"img","aria-label":d,title:d},l),o("span",{class:"vly-title"},i.title)));if(t&&h(p,_(t,e)),h(p,Bt(i,e)),i.refusals.length&&h(p,o("div",{class:"vly-refusals"},o("div",{class:"vly-strong"},e.t("Turned away before anything was written")),...i.refusals.map(c=>b(c,e)))),i.changes.length&&h(p,E(i.changes,e,void 0,n)),i.files_left_out&&h(p,o("div",{class:"vly-quiet"},e.t("%1 more files",i.files_left_out))),h(p,...i.diagnostics.map(c=>b(c,e)),...i.checks.map(c=>Ut(c,e))),i.proposal&&r&&h(p,s.apply&&s.reject?rt(i.proposal,e,s):Wt(i,e)),i.question&&r){let{text:c,choices:u}=i.question;h(p,s.answer?at(c,u,e,s.answer):o("p",{class:"vly-pre"},c))}return i.sources.length&&h(p,o("div",{class:"vly-quiet"},e.t("Read: "),...Yt(i))),h(p,Qt(i,e,s)),p}function Wt(i,t){return o("div",{},o("p",{class:"vly-quiet"},t.t("This was proposed, and no longer waits for you.")),E(i.proposal?.changes??[],t))}function _(i,t){return o("div",{class:"vly-said"},J(t.sanitize?t.sanitize(i):i))}function Bt(i,t){let e=new Set([...i.changes,...i.proposal?.changes??[]].map(r=>r.path)),s=i.calls.filter(r=>r.failed||!Array.from(e).some(a=>r.line.includes(a)));if(!s.length)return null;let n=s.map(r=>o("li",{class:r.failed?"vly-failed":""},r.failed?t.t("failed: %1",r.line):r.line));return n.length<=3?o("ul",{class:"vly-calls"},...n):o("details",{class:"vly-fold"},o("summary",{},t.t("%1 things done",n.length)),o("ul",{class:"vly-calls"},...n))}function b(i,t){let e=i.path?`${i.path}${i.line===null?"":`:${i.line}`}`:"",s=i.path&&t.openFile?o("button",{type:"button",class:"vly-link",onclick:()=>t.openFile?.(i.path??"",i.line??1)},e):e&&o("code",{},e),n=i.severity==="error"?t.t("Error"):i.severity==="warning"?t.t("Warning"):t.t("Note");return o("div",{class:`vly-complaint vly-${i.severity}`},o("div",{},o("span",{class:"vly-weight"},n),s,o("span",{class:"vly-quiet"},i.code)),o("div",{},i.message),i.advice?o("div",{class:"vly-quiet"},`\u2192 ${i.advice}`):null)}function Ut(i,t){let e=i.status==="red",s=i.status==="green",n=s?t.t("fine"):e?i.new_count?t.t("%1 new",i.new_count):t.t("failed"):i.status,r=i.known?t.t(" \xB7 %1 known before",i.known):"",a=o("div",{class:`vly-check ${e?"vly-bad":s?"vly-good":""}`},o("span",{"aria-hidden":"true"},e?"\u2717 ":s?"\u2713 ":"\u2013 "),`${i.name}: ${n}`,o("span",{class:"vly-quiet"},r)),l=i.note?o("div",{class:"vly-quiet"},i.note):null;return i.new.length?o("div",{},a,l,...i.new.slice(0,5).map(d=>b(d,t)),Gt(i,t)):o("div",{},a,l)}function Gt(i,t){let e=i.new.slice(5);return e.length?o("details",{class:"vly-fold"},o("summary",{},t.t("%1 more",i.new_count-5)),...e.map(s=>b(s,t))):null}function Yt(i){return i.sources.flatMap((t,e)=>{let s=o("a",{},t.title||t.url);return j(s,t.url),[e?", ":"",s]})}function Qt(i,t,e){let s=[];if(i.version!==null&&(s.push(o("span",{class:"vly-version"},t.t("Version %1",i.version))),e.goto)){let r=t.t("Go to version %1",i.version),a=o("span",{class:"vly-trouble",role:"alert"});s.push(o("button",{type:"button",class:"vly-link","aria-label":r,title:r,onclick:()=>void e.goto?.().catch(l=>a.textContent=String(l.message))},t.t("go back to it")),a)}let n=i.usage.input+i.usage.cache_read+i.usage.cache_write;if(n+i.usage.output){let r=i.cost===null?"":` \xB7 $${i.cost>=.1?i.cost.toFixed(2):i.cost.toFixed(4)}`;s.push(o("span",{class:"vly-quiet"},t.t("%1 tokens in, %2 out",n.toLocaleString(),i.usage.output.toLocaleString())+r))}return i.replay&&s.push(o("span",{class:i.replay.verified?"vly-good":"vly-bad"},i.replay.verified?t.t("replayed, verified"):t.t("replayed, drifted: %1",i.replay.drifted.join(", ")))),s.length?o("footer",{class:"vly-foot"},...s):null}var dt={id:"versions",label:i=>i.t("Versions"),open:i=>new R(i)},R=class{constructor(t){this.setting=t;this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":t.host.t("Versions")},this.bar,this.trouble,this.list)}node;list=o("ol",{class:"vly-timeline"});bar=o("div",{class:"vly-row vly-bar"});trouble=o("div",{class:"vly-trouble",role:"alert",hidden:!0});head=-1;shown(){this.head=-1,this.load()}take(t){let e=this.setting.session.store.state;t.state&&e&&e.version!==this.head&&this.node.isConnected&&!this.node.hidden&&this.load()}async load(t){let{host:e,session:s}=this.setting;this.head=s.store.state?.version??-1,this.buttons();try{let n=await s.line()?.ask({do:"versions",before:t??null});if(!n)return;if(t===void 0&&this.list.replaceChildren(),h(this.list,...n.versions.map(r=>this.row(r,n.head))),n.more){let r=n.versions[n.versions.length-1].number,a=o("li",{},o("button",{type:"button",class:"vly-link",onclick:()=>{a.remove(),this.load(r)}},e.t("Older versions")));h(this.list,a)}}catch(n){this.say(n)}}buttons(){let{host:t,session:e}=this.setting,s=e.store.state,n=(r,a,l)=>o("button",{type:"button",class:"vly-button",disabled:!a,onclick:()=>void this.act(l)},r);v(this.bar,n(t.t("Undo"),!!s?.undo&&!s.running,()=>e.actions.undo()),n(t.t("Redo"),!!s?.redo&&!s.running,()=>e.actions.redo()))}async act(t){this.trouble.hidden=!0;try{await t()}catch(e){this.say(e)}}say(t){this.trouble.hidden=!1,this.trouble.textContent=String(t.message)}row(t,e){let{host:s,session:n}=this.setting,r=o("div",{}),a=t.number===e,l=t.files.length?s.t(t.files.length===1?"%1 file":"%1 files",t.files.length):"",d=o("details",{class:"vly-fold"},o("summary",{},s.t("What changed")),r);d.addEventListener("toggle",()=>{d.open&&!r.firstChild&&I(n,s,r,Math.max(1,t.number-1),t.number)});let p=s.t("Go to version %1",t.number);return o("li",{class:a?"vly-here":"","aria-current":a?"true":void 0},o("div",{class:"vly-when"},o("b",{},String(t.number))," \xB7 ",Xt(t.when),a?o("span",{class:"vly-tag"},s.t("now")):null),o("div",{class:"vly-label"},t.label),o("div",{class:"vly-quiet",title:t.files.join(`
`)},l),t.number>1?d:null,a?null:o("button",{type:"button",class:"vly-link","aria-label":p,onclick:()=>void this.act(()=>n.actions.goto(t.number))},s.t("Go to this version")))}};async function I(i,t,e,s,n){v(e,o("p",{class:"vly-quiet"},t.t("Looking\u2026")));try{let r=await i.line()?.ask({do:"diff",older:s,newer:n});r&&nt(e,r.changes,t)}catch(r){v(e,o("p",{class:"vly-trouble"},String(r.message)))}}function Xt(i){let t=new Date(i);return t.toDateString()===new Date().toDateString()?t.toLocaleTimeString([],{hour:"2-digit",minute:"2-digit"}):t.toLocaleDateString([],{day:"numeric",month:"short",hour:"2-digit",minute:"2-digit"})}var Zt=12;function ct(i,t,e){let s=o("div",{class:`vly-entry vly-entry-${i.kind}`});switch(i.kind){case"asked":h(s,o("div",{class:"vly-asked",role:"group","aria-label":e.t("You asked")},i.prompt));break;case"notice":h(s,o("div",{class:i.bad?"vly-trouble":"vly-notice"},i.text,i.hint?o("div",{class:"vly-quiet"},L(i.hint)):null));break;case"step":s.dataset.acts=C(i,t),ee(i)||h(s,lt(i.data,i.html,e,se(i,t),Jt(i,t)));break;case"ended":h(s,te(i,t,e))}return s}function Jt(i,{store:t}){return i.n<(t.entries[t.entries.length-Zt]?.n??0)}function te(i,t,e){let{store:s,actions:n}=t,r=o("div",{class:"vly-all"}),a=o("div",{class:"vly-trouble",role:"alert"}),l=()=>void n.goto(i.start).catch(c=>a.textContent=String(c.message)),d=[];i.head>i.start&&i.run===s.state?.run&&d.push(o("button",{type:"button",class:"vly-button",onclick:()=>void I(t,e,r,i.start,i.head)},e.t("See all changes")),o("button",{type:"button",class:"vly-button",onclick:l},e.t("Undo this turn")));let p=i.facts.filter(c=>!/^(To undo|Where to look)/.test(c.label));return o("section",{class:`vly-end ${i.good?"":"vly-end-bad"}`,"aria-label":i.title},i.html?_(i.html,e):null,i.good?null:o("div",{class:"vly-strong"},i.title),...i.notes.map(c=>o("div",{},L(c))),o("dl",{class:"vly-facts"},...p.flatMap(c=>[o("dt",{},c.label),o("dd",{},L(c.words))])),d.length?o("div",{class:"vly-row"},...d):null,a,r,i.spent?o("div",{class:"vly-quiet"},i.spent):null)}function ee(i){let{calls:t,changes:e,proposal:s,question:n,checks:r,state:a}=i.data;return a==="done"&&!t.length&&!e.length&&!s&&!n&&r.every(l=>l.status!=="red")}function C(i,{store:t}){let e=t.state;return!!e&&i.run===e.run&&i.data.turn===e.turn&&!e.running&&e.open&&e.waiting!==null&&i.data.state==="waiting"?"waits":e&&i.data.version!==null&&i.data.version<=e.versions?"goes":""}function se(i,t){let{actions:e}=t,{data:s}=i,n=C(i,t);return{...n==="waits"&&s.proposal?{apply:r=>e.apply(s.proposal?.id??"",r),reject:r=>e.reject(s.proposal?.id??"",r)}:{},...n==="waits"&&s.question?{answer:r=>e.next(r)}:{},...n==="goes"&&s.version!==null?{goto:()=>e.goto(s.version??0,s.tree)}:{}}}var A="ANTHROPIC_API_KEY";function D(i,t,e,s){let n=t.t.bind(t),r=e===null?n("The key\u2019s value"):n("Value of %1",e),a=o("input",{type:"text",class:"vly-input","aria-label":n("The key\u2019s name"),placeholder:"MY_SERVICE_KEY",spellcheck:"false",autocomplete:"off"}),l=o("input",{type:"password",class:"vly-input",id:m("key"),"aria-label":r,placeholder:e===A?n("Paste your key"):r,autocomplete:"off",spellcheck:"false"}),d=o("button",{type:"submit",class:"vly-primary"},n("Save")),p=o("div",{class:"vly-trouble",role:"alert",hidden:!0}),c=o("form",{class:"vly-row vly-keyform"},e===null?a:null,l,d,p),u=f=>{p.hidden=!f,p.textContent=f,l.setAttribute("aria-invalid",String(!!f))},y=async()=>{let f=l.value,T=e??a.value.trim();if(!f.trim()||!T){(T?l:a).focus();return}u(""),d.disabled=!0,d.textContent=n(e===A?"Trying it\u2026":"Saving\u2026");try{await i.line()?.ask({do:"set_key",name:T,value:f}),l.value=a.value="",s()}catch(S){let{trouble:Et,message:X}=S;u(e===A?n("%1 The key was not kept.",X):`${X} ${Et?.hint??""}`.trim()),l.select()}finally{d.disabled=!1,d.textContent=n("Save")}};return x(c,()=>void(d.disabled||y())),c}function pt(i,t,e){let s=t.t.bind(t),{first:n}=t,r=i.store.state,a=r?.key==="refused",l=r?.endpoint?s("the key for %1",r.endpoint):s("a key of the Anthropic API"),d=o("section",{class:"vly-nokey","aria-label":s("A key for the model"),"data-lm-suppress-shortcuts":"true"},o("div",{class:"vly-strong"},s(a?"The model\u2019s endpoint doesn\u2019t accept the key.":"vly needs a key for its model.")),o("p",{class:"vly-quiet"},s("Paste %1. It is tried once, and kept outside the project, for you alone; it is never shown, nor written into the notebook.",l)),D(i,t,A,e));if(n?.tutorial){let p=o("div",{class:"vly-trouble",role:"alert"}),c=()=>void n.tutorial?.().catch(u=>p.textContent=String(u.message));h(d,o("p",{class:"vly-quiet"},s("No key at hand? "),o("button",{type:"button",class:"vly-link",onclick:c},s("Try the tutorial")),s(", which needs none.")),p)}return d}var ie=1500,q=class{constructor(t){this.session=t;this.node=o("div",{class:"vly-live",hidden:!0},this.words,this.log)}node;log=o("ul",{class:"vly-calls"});words=o("div",{class:"vly-live-words"});last=null;shown=0;logged="";renew(){this.words.replaceChildren(),this.last=null,this.shown=0,this.grow()}take(t){let{store:e}=this.session;this.node.hidden=!e.live,t.fresh||e.words.length<this.shown?this.renew():this.grow();let s=(e.live?.log??[]).join(`
`);s!==this.logged&&(this.logged=s,v(this.log,...(e.live?.log??[]).map(n=>o("li",{},n))))}grow(){let{words:t}=this.session.store,e=t.slice(this.shown);for(this.shown=t.length;e;){this.last||(this.last=document.createTextNode(""),this.words.appendChild(o("div",{},this.last)));let s=ie-this.last.length,n=s>0?e.length<=s?e.length:oe(e,s):0;this.last.appendData(e.slice(0,n)),e=e.slice(n),e&&(this.last=null)}}};function oe(i,t){let e=i.lastIndexOf(`
`,t),s=i.lastIndexOf(" ",t);return e>0?e+1:s>0?s+1:t}var ne=30,ht=10,F=80,P=class{constructor(t,e,s){this.scroller=t;this.entries=e;this.make=s}node=o("div",{class:"vly-entries",role:"log","aria-live":"off"});nodes=new Map;keys=[];first=0;known=0;get atHead(){return this.first===0}get atTail(){return this.end===this.known}renew(){this.nodes.clear(),this.toTail()}toTail(){let t=this.entries();this.known=t.length,this.first=Math.max(0,t.length-ne);let e=t.slice(this.first);this.keys=e.map(g),this.node.replaceChildren(...e.map(s=>this.of(s)))}update(t,e){let s=this.entries();for(let r of t){let a=this.nodes.get(g(r));if(a){let l=this.make(r);this.nodes.set(g(r),l),a.parentNode&&a.replaceWith(l)}}let n=this.atTail;this.keys.length&&(this.first=s.findIndex(r=>g(r)===this.keys[0])),this.known=s.length,n&&(this.append(s.slice(this.end)),e&&this.cut(F))}again(t){this.update([t],!1)}nodeOf(t){return this.nodes.get(g(t))}up(){let t=Math.max(0,this.first-ht),e=this.entries().slice(t,this.first);for(;this.keys.length+e.length>F;)this.keys.pop(),this.node.lastChild?.remove();this.still(()=>{this.node.prepend(...e.map(s=>this.of(s))),this.keys.unshift(...e.map(g)),this.first=t})}down(){this.append(this.entries().slice(this.end,this.end+ht)),this.still(()=>this.cut(F))}get end(){return this.first+this.keys.length}append(t){this.node.append(...t.map(e=>this.of(e))),this.keys.push(...t.map(g))}cut(t){for(;this.keys.length>t;this.first+=1)this.keys.shift(),this.node.firstChild?.remove()}still(t){let e=this.scroller.scrollHeight-this.scroller.scrollTop;t(),this.scroller.scrollTop=this.scroller.scrollHeight-e}of(t){let e=this.nodes.get(g(t)),s=e??this.make(t);return e??this.nodes.set(g(t),s),s}};function g(i){return i.key||`n${i.n}`}var re=60,vt=1e3,ae=["Make the landing page feel warm and friendly, with a headline that says what the app does","Add a page where I can keep a list of tasks and tick them off","Find what looks broken on a phone, and mend it"],ut={id:"chat",label:i=>i.t("Chat"),open:i=>new K(i)},K=class{constructor(t){this.setting=t;let{host:e,session:s}=t;this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":e.t("The conversation")}),this.list=new P(this.node,()=>s.store.entries,r=>ct(r,s,e)),this.older=o("button",{type:"button",class:"vly-link vly-older",hidden:!0,onclick:()=>void this.showOlder()},e.t("Show what was before")),this.latest=o("div",{class:"vly-latest",hidden:!0},o("button",{type:"button",class:"vly-button",onclick:()=>this.toLatest()},e.t("\u2193 Latest"))),this.live=new q(s),this.tail=o("div",{},this.live.node,this.keyless),this.node.append(this.older,this.list.node,this.tail,this.start,this.latest),this.node.addEventListener("scroll",()=>this.scrolled(),{passive:!0});let n=new ResizeObserver(()=>this.toEnd());n.observe(this.list.node),n.observe(this.live.node),n.observe(this.node),this.renew()}node;list;older;latest;live;start=o("div",{class:"vly-start"});keyless=o("div",{hidden:!0});tail;atEnd=!0;was=0;loading=!1;shown(){this.toEnd()}take(t){let{store:e}=this.setting.session;t.fresh?this.renew():this.list.update(t.entries,this.atEnd),t.state&&(this.refreshWaiting(),this.askForKey()),this.start.hidden=e.entries.length>0||e.busy,this.live.take(t),this.toEnd(),this.edges()}askForKey(){let{session:t,host:e}=this.setting,s=(t.store.state?.key??"set")==="set";s!==this.keyless.hidden&&(this.keyless.hidden=s,v(this.keyless,s?null:pt(t,e,()=>this.setting.prompt(""))))}scrolled(){let{scrollTop:t,scrollHeight:e,clientHeight:s}=this.node,n=e-t-s,r=n<re&&this.list.atTail;this.atEnd=r||this.atEnd&&t>=this.was,this.was=t,t<vt?this.showOlder():n<vt&&!this.list.atTail&&this.list.down(),this.edges()}edges(){this.older.hidden=this.list.atHead&&!this.setting.session.store.more,this.tail.hidden=!this.list.atTail,this.latest.hidden=this.atEnd}toEnd(){this.atEnd&&(this.node.scrollTop=this.node.scrollHeight)}toLatest(){this.list.atTail||this.list.toTail(),this.atEnd=!0,this.edges(),this.toEnd(),this.node.focus()}renew(){let{store:t}=this.setting.session;this.list.renew(),v(this.start,le(this.setting)),this.start.hidden=t.entries.length>0,this.live.renew(),this.atEnd=!0,this.edges()}async showOlder(){let{session:t}=this.setting,{store:e}=t;if(!(this.loading||this.list.atHead&&!e.more)){if(this.list.atHead){this.loading=!0;try{let s=await t.line()?.ask({do:"refill",before:e.entries[0]?.n??0});if(!s)return;e.older(s),this.list.update([],!1)}catch{return}finally{this.loading=!1}}this.list.up(),this.edges()}}refreshWaiting(){let{session:t}=this.setting;for(let e of t.store.entries.slice(-40)){let s=this.list.nodeOf(e);e.kind==="step"&&s&&s.dataset.acts!==C(e,t)&&this.list.again(e)}}};function le(i){let{host:t}=i;return o("div",{},o("h2",{class:"vly-h"},t.t("What would you like to change?")),o("p",{class:"vly-quiet"},t.t("Say it in your own words. Every step is shown, checked, and can be undone.")),...ae.map(e=>o("button",{type:"button",class:"vly-choice",onclick:()=>i.prompt(t.t(e))},t.t(e))))}var yt={id:"cost",label:i=>i.t("Cost"),open:i=>new W(i)},W=class{constructor(t){this.setting=t;this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":t.host.t("Cost")},this.table)}node;table=o("div",{});front=!1;shown(){this.front=!0,this.load()}take(t){this.front&&t.entries.some(e=>e.kind==="ended")&&this.load()}async load(){let{host:t,session:e}=this.setting;try{let s=await e.line()?.ask({do:"cost"});if(s){let n=s.rows.map(r=>o("tr",{},o("th",{scope:"row"},String(r.turn)),o("td",{},o("div",{},r.prompt),o("div",{class:"vly-quiet"},r.words))));v(this.table,o("p",{class:"vly-strong"},t.t("So far: %1",s.words)),o("table",{class:"vly-table"},o("tbody",{},...n)))}}catch(s){v(this.table,o("p",{class:"vly-trouble",role:"alert"},String(s.message)))}}};var ft={id:"keys",label:i=>i.t("Keys"),open:i=>new B(i)},B=class{constructor(t){this.setting=t;let{host:e,session:s}=t,n=D(s,e,null,()=>this.changed(e.t("It is kept.")));this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":e.t("Keys"),"data-lm-suppress-shortcuts":"true"},o("p",{class:"vly-quiet"},e.t("Keys lie in a vault outside the project, for you alone. Neither the model, the notebook nor this page sees a value.")),this.trouble,this.list,o("h3",{class:"vly-h vly-another"},e.t("Add a key")),n,this.said)}node;list=o("div",{});said=o("div",{class:"vly-quiet",role:"status"});trouble=o("div",{class:"vly-trouble",role:"alert",hidden:!0});shown(){this.said.textContent="",this.load()}changed(t){this.said.textContent=t,this.load()}async load(){let{session:t}=this.setting;try{let e=await t.line()?.ask({do:"keys"});this.say(""),e&&v(this.list,o("ul",{class:"vly-keylist"},...e.keys.map(s=>this.row(s))),...e.notes.map(s=>o("p",{class:"vly-quiet"},s)))}catch(e){this.say(String(e.message))}}row(t){let{host:e,session:s}=this.setting,n=t.where!=="",r=o("div",{}),a=o("button",{type:"button",class:"vly-link","aria-label":e.t(n?"Change %1":"Set %1",t.name),"aria-expanded":"false"},e.t(n?"Change":"Set"));a.addEventListener("click",()=>{let p=!r.firstChild;a.setAttribute("aria-expanded",String(p)),v(r,p?D(s,e,t.name,()=>this.changed(e.t("%1 is kept.",t.name))):null),r.querySelector("input")?.focus()});let l=o("div",{class:"vly-keyrow"},o("code",{},t.name),o("span",{class:"vly-grow"}),a);t.kept&&h(l,o("button",{type:"button",class:"vly-link","aria-label":e.t("Remove %1",t.name),onclick:()=>void this.remove(t.name)},e.t("Remove")));let d=n?o("div",{class:"vly-quiet"},o("span",{class:"vly-good"},"\u2713 "),t.where):o("div",{class:"vly-missing"},e.t("missing"));return o("li",{},l,d,r)}async remove(t){let{host:e,session:s}=this.setting;try{await s.line()?.ask({do:"remove_key",name:t}),this.changed(e.t("%1 is no longer in the vault.",t))}catch(n){this.say(String(n.message))}}say(t){this.trouble.hidden=!t,this.trouble.textContent=t}};var de=["localhost","127.0.0.1","[::1]"],ce=/^(?:\/(?!\/)|http:\/\/127\.0\.0\.1:\d+\/)/,pe=[390,844],he=[1280,900],ve=12e4,mt={id:"preview",label:i=>i.t("Preview"),open:i=>new U(i)},U=class{constructor(t){this.setting=t;let{host:e}=t;this.frame.title=e.t("The app"),this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":e.t("Preview")},this.bar,this.status,this.codes,this.place,this.found),new ResizeObserver(()=>this.fit()).observe(this.node),this.show()}node;bar=o("div",{class:"vly-row vly-bar"});status=o("p",{class:"vly-quiet",role:"status"});frame=o("iframe",{class:"vly-preview"});place=o("div",{class:"vly-screen",hidden:!0},this.frame);codes=o("div",{hidden:!0});found=o("div",{});phone=!0;busy=!1;note="";data=null;shown(){this.act("state")}take(t){t.state&&!this.setting.session.store.state?.running&&this.node.isConnected&&!this.node.hidden&&this.act("state")}async act(t){let{host:e,session:s}=this.setting;if(this.busy||!s.store.state?.project)return;this.busy=t!=="state",this.busy&&this.show(t==="start"?e.t("Starting\u2026"):e.t("Looking\u2026"));let n="";try{let r=!de.includes(location.hostname);this.data=await s.line()?.ask({do:"preview",act:t,away:r},ve)??this.data,this.note=t==="start"||t==="stop"?this.data?.note??"":this.note}catch(r){n=String(r.message)}this.busy=!1,this.show(n)}show(t=""){let{host:e}=this.setting,s=this.data?.state??"off",n=s==="up",r=o("button",{type:"button",class:"vly-button","aria-pressed":String(this.phone),disabled:!n,onclick:()=>this.turn()},e.t("Phone"));v(this.bar,n?this.button(e.t("Stop"),!0,()=>void this.act("stop")):this.button(e.t("Start"),!0,()=>void this.act("start")),this.button(e.t("Reload"),n,()=>this.reload()),r,this.button(e.t("Look for errors"),n,()=>void this.act("look")),n&&this.safe()?o("a",{class:"vly-link",href:this.safe(),target:"_blank",rel:"noopener"},e.t("Open in a tab")):null);let a={off:e.t("The app isn\u2019t running."),starting:e.t("Starting\u2026"),up:e.t("Running at %1",this.data?.url??""),failed:e.t("The app\u2019s server ended. Start it again.")};this.status.textContent=[t||a[s],this.note].filter(Boolean).join(" "),this.showCodes(n?this.data?.mails:null),this.place.hidden=!n,this.fit();let l=n?this.safe():"";l&&this.frame.getAttribute("src")!==l?this.frame.src=l:l||this.frame.removeAttribute("src"),v(this.found,...(this.data?.found??[]).map(d=>b(d,e)))}button(t,e,s){return o("button",{type:"button",class:"vly-button",disabled:!e||this.busy,onclick:s},t)}showCodes(t){let{host:e}=this.setting,s=t?.length?e.t("The stand-in sends no mail. The newest codes to sign in with:"):e.t("The stand-in sends no mail: a code to sign in with comes here. None came yet.");this.codes.hidden=!t,v(this.codes,o("p",{class:"vly-row vly-quiet"},s," ",this.button(e.t("Look for a code"),!0,()=>void this.act("state"))),...(t??[]).map(n=>o("p",{},o("code",{},n.code||n.subject),` ${e.t("for %1",n.to)}`)))}fit(){let[t,e]=this.phone?pe:he,s=Math.min(1,(this.place.clientWidth||t)/t);this.frame.style.width=`${t}px`,this.frame.style.height=`${e}px`,this.frame.style.transform=`scale(${s})`,this.place.style.height=`${Math.ceil(e*s)}px`}safe(){let t=this.data?.source??"";return ce.test(t)?t:""}turn(){this.phone=!this.phone,this.show()}reload(){this.frame.src=this.safe()}};var ue=20,gt={id:"problems",label:i=>i.t("Problems"),open:i=>new G(i)},G=class{constructor(t){this.setting=t;let{host:e}=t;this.check=o("button",{type:"button",class:"vly-button",onclick:()=>void this.load(!0)},e.t("Run the checks")),this.node=o("div",{class:"vly-scroll",tabindex:"0","aria-label":e.t("Problems")},o("div",{class:"vly-row vly-bar"},this.check),this.found)}node;found=o("div",{class:"vly-found"});check;shown(){this.load(!1)}async load(t){let{host:e,session:s}=this.setting;this.check.disabled=!0,v(this.found,o("p",{class:"vly-quiet",role:"status"},t?e.t("Checking\u2026"):e.t("Looking\u2026")));try{let n=await s.line()?.ask({do:"problems",check:t},3e5);n&&v(this.found,this.view(n))}catch(n){v(this.found,o("p",{class:"vly-trouble",role:"alert"},String(n.message)))}finally{this.check.disabled=!1}}view(t){let{host:e}=this.setting,s=t.found.length,n=s===0?e.t("Nothing new is wrong."):e.t(s===1?"%1 problem":"%1 problems",s),r=o("button",{type:"button",class:"vly-primary",onclick:()=>this.setting.prompt(this.wish(t.found))},e.t("Fix these"));return o("div",{},o("div",{class:"vly-row"},o("span",{class:"vly-strong",role:"status"},n),s?r:null),...t.checks.map(a=>o("div",{class:"vly-quiet"},a)),...t.found.map(a=>b(a,e)),t.known?o("p",{class:"vly-quiet"},e.t("%1 more were there when the project was mounted: %vly lint --all lists them.",t.known)):null)}wish(t){let e=t.slice(0,ue).map(s=>`- ${s.path??""}${s.line===null?"":`:${s.line}`} ${s.code}: ${s.message}`);return`${this.setting.host.t("Fix these problems:")}
${e.join(`
`)}`}};var w=[ut,dt,mt,gt,ft,yt];var ye=3e3;function bt(i,t,e){let s=new Y(t,e);return i.replaceChildren(s.node),()=>s.dispose()}var Y=class{constructor(t,e){this.session=t;this.host=e;this.composer=new M(t,e),this.doing=new Q(t,e);let s=o("div",{class:"vly-tabs",role:"tablist","aria-label":e.t("Views"),onkeydown:r=>this.arrow(r)});for(let r of w){let a=o("button",{type:"button",role:"tab",id:m(`tab-${r.id}`),class:"vly-tab",onclick:()=>this.open(r.id)},r.label(e));this.buttons.set(r.id,a),h(s,a)}let n=o("header",{class:"vly-top"},o("div",{class:"vly-brand"},this.title,this.about));this.node=o("div",{class:"vly-panel"},n,s,this.body,this.cover,this.doing.node,this.composer.node),this.leave=t.store.listen(r=>this.take(r)),this.open(t.draft.tab),this.take({entries:[],fresh:!0,older:!1,grew:"",live:!0,state:!0})}node;title=o("span",{class:"vly-name"});about=o("span",{class:"vly-quiet"});doing;composer;views=new Map;buttons=new Map;body=o("div",{class:"vly-body"});cover=o("div",{class:"vly-cover"});covered="";leave;dispose(){this.leave(),this.doing.dispose()}take(t){for(let e of this.views.values())e.take?.(t);this.composer.take(t),this.doing.take(t),t.state&&this.refresh()}refresh(){let{state:t,standing:e,beginning:s}=this.session.store;this.title.textContent=t?.project??"vly",this.about.textContent=t?.project?this.host.t("version %1",t.version):"";let n=s&&!t?.project?"beginning":e!=="ready"?e:t?.project?"":"first";this.cover.hidden=n==="",this.body.hidden=n!=="",this.node.classList.toggle("vly-covered",n!==""),n!==this.covered&&(this.covered=n,v(this.cover,this.coverFor(n)))}coverFor(t){let{host:e}=this;switch(t){case"first":return et(e,e.first);case"beginning":return o("p",{class:"vly-quiet",role:"status"},e.t("One moment: the app is made ready. The notebook shows how far it is."));case"connecting":return tt(e,()=>this.session.actions.stop());case"lost":return o("p",{class:"vly-quiet",role:"status"},e.t("The kernel is gone. It is there again when you start it."));case"none":return o("p",{class:"vly-quiet",role:"status"},e.t("This notebook\u2019s kernel has no vly: install it there with pip install vly_nb."));default:return null}}open(t){let e=w.find(n=>n.id===t)??w[0];this.session.draft.tab=e.id;let s=this.views.get(e.id);s||(s=e.open({session:this.session,host:this.host,prompt:n=>{this.open("chat"),this.composer.put(n)}}),s.node.setAttribute("role","tabpanel"),s.node.setAttribute("aria-labelledby",this.buttons.get(e.id)?.id??""),this.views.set(e.id,s),h(this.body,s.node));for(let[n,r]of this.buttons)r.setAttribute("aria-selected",String(n===e.id)),r.tabIndex=n===e.id?0:-1;for(let[n,r]of this.views)r.node.hidden=n!==e.id;s.shown?.()}arrow(t){let e={ArrowRight:1,ArrowLeft:-1}[t.key];if(e){let s=w.findIndex(r=>r.id===this.session.draft.tab),n=w[(s+e+w.length)%w.length].id;this.open(n),this.buttons.get(n)?.focus()}}},Q=class{constructor(t,e){this.session=t;this.host=e;this.next=o("button",{type:"button",class:"vly-button",onclick:()=>void t.actions.next().catch(()=>{})},e.t("Next step")),h(this.node,this.dot,this.words,this.clock,this.next,this.spoken),this.timer=window.setInterval(()=>{this.tick(),this.keepUp()},1e3)}node=o("div",{class:"vly-doing",hidden:!0});words=o("span",{class:"vly-doing-words"});clock=o("span",{class:"vly-quiet vly-clock","aria-hidden":"true"});next;spoken=o("div",{class:"vly-hidden",role:"status","aria-live":"polite"});dot=o("span",{class:"vly-dot","aria-hidden":"true"});timer;said=0;asked=!1;heard=0;dispose(){window.clearInterval(this.timer)}take(t){let{store:e}=this.session,{state:s,live:n}=e,r=!!s?.open&&!s.waiting&&!e.busy;this.node.hidden=!(e.busy||r),this.next.hidden=!r,this.dot.hidden=this.clock.hidden=!e.busy;let a=e.stopping?this.host.t("stopping"):r?this.host.t("The next step waits."):n?n.line&&!/^(thinking|writing)/.test(n.doing)?`${n.doing}: ${n.line}`:n.doing:e.sending!==null?this.host.t("starting"):this.host.t("working");a!==this.words.textContent&&(this.words.textContent=a,this.words.title=a),t.live&&this.tick(),this.announce(t,r)}keepUp(){let{store:t}=this.session;if(t.busy&&!this.asked&&performance.now()-this.heard>ye){this.asked=!0;let e=()=>{this.asked=!1,this.heard=performance.now()},s=this.session.line();s?s.ask({do:"state"},2e4).then(e,e):e()}}announce(t,e){let s=t.entries[t.entries.length-1],n=this.host.t.bind(this.host);s?.kind==="step"?this.spoken.textContent=s.data.state==="waiting"?n("Step %1 waits for you: %2",s.data.step,s.data.title):n("Step %1 done: %2",s.data.step,s.data.title):s?.kind==="ended"?this.spoken.textContent=s.title:s?.kind==="notice"?this.spoken.textContent=s.text:!e&&this.session.store.live&&performance.now()-this.said>5e3&&(this.said=performance.now(),this.spoken.textContent=this.session.store.live.doing)}tick(){let{live:t,liveSince:e}=this.session.store,s=t?Math.floor((performance.now()-e)/1e3):0;this.clock.textContent=s>=2?`${s} s`:""}};var wt=()=>({entries:[],fresh:!1,older:!1,grew:"",live:!1,state:!1}),N=class{state=null;entries=[];more=!1;live=null;liveSince=0;words="";standing="connecting";sending=null;stopping=!1;beginning=!1;onGap=()=>{};told=0;news=wt();listeners=new Set;due=!1;listen(t){return this.listeners.add(t),()=>this.listeners.delete(t)}welcome(t){this.state=t.state,this.told=t.state.told,this.standing="ready",this.fill(t.page)}fill(t){this.entries=[...t.entries],this.more=t.more,this.words=t.words,this.setLive(t.live),this.tell({fresh:!0,state:!0,live:!0})}older(t){this.entries=[...t.entries,...this.entries],this.more=t.more,this.tell({older:!0})}take(t){let e=t.number>this.told+1;this.told=t.number;for(let s of t.entries)this.put(s);t.live&&this.live?.step!==t.live.step&&(this.words=""),this.setLive(t.live),this.live?(this.words+=t.grew,this.live.size!==this.words.length&&(this.live.size===t.grew.length?this.words=t.grew:this.onGap())):this.words="",this.news.grew+=t.grew,this.tell({live:!0}),t.state&&this.setState(t.state),e&&this.onGap()}setState(t){let e=this.state!==null&&this.state.run!==t.run;this.state=t,t.running||(this.stopping=!1),(e||t.told>this.told)&&this.onGap(),this.tell({state:!0})}set(t){Object.assign(this,t),this.tell({state:!0})}get busy(){return this.sending!==null||!!this.state?.running}put(t){let e=this.entries.findIndex(s=>t.key?s.key===t.key:s.n===t.n);e<0?this.entries.push(t):this.entries[e]=t,this.news.entries.push(t),t.kind==="asked"&&(this.sending=null)}setLive(t){t&&t.step!==this.live?.step&&(this.liveSince=performance.now()-t.seconds*1e3),this.live=t}tell(t){Object.assign(this.news,t),this.due||(this.due=!0,document.hidden?window.setTimeout(()=>this.flush(),200):window.requestAnimationFrame(()=>this.flush()))}flush(){this.due=!1;let t=this.news;this.news=wt();for(let e of[...this.listeners])e(t)}},fe=200;function xt(i){let t=!1;return()=>{t||(t=!0,window.setTimeout(()=>void i().catch(()=>{}).finally(()=>t=!1),fe))}}var kt=`/* One style sheet for the side panel, the steps in cells and the widget, on the host's own colours. */

.vly-side,
.vly-widget,
.vly-in-cell {
  --vly-text: var(--jp-ui-font-color1, #1f2328);
  --vly-soft: var(--jp-ui-font-color2, #57606a);
  --vly-back: var(--jp-layout-color1, #fff);
  --vly-raised: var(--jp-layout-color2, #f3f4f6);
  --vly-edge: var(--jp-border-color2, #d8dce1);
  --vly-accent: var(--jp-brand-color1, #1769c2);
  --vly-on-accent: var(--jp-ui-inverse-font-color1, #fff);
  --vly-good: var(--jp-success-color1, #1a7f37);
  --vly-bad: var(--jp-error-color1, #c62828);
  --vly-warn: var(--jp-warn-color1, #b25000);
  --vly-mono: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace);
  --vly-add: rgba(46, 160, 67, 0.14);
  --vly-del: rgba(248, 81, 73, 0.13);
  --vly-radius: 8px;

  color: var(--vly-text);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: 13px;
  line-height: 1.5;
}

[data-jp-theme-light='false'] .vly-side,
[data-jp-theme-light='false'] .vly-widget,
[data-jp-theme-light='false'] .vly-in-cell {
  --vly-accent: #6cb2f5;
  --vly-on-accent: #10151b;
  --vly-good: #57c472;
  --vly-bad: #ff8a80;
  --vly-warn: #f0b35a;
  --vly-soft: #b0b7c0;
}

[data-jp-theme-light='true'] .vly-side,
[data-jp-theme-light='true'] .vly-widget,
[data-jp-theme-light='true'] .vly-in-cell {
  --vly-accent: #1565c0;
  --vly-good: #1a7f37;
  --vly-bad: #b3261e;
  --vly-warn: #8a4b00;
  --vly-soft: #57606a;
  --vly-text: #1f2328;
}

.vly-side {
  background: var(--vly-back);
  min-width: 320px;
  overflow: hidden;
}

.vly-widget {
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  background: var(--vly-back);
  height: 640px;
  overflow: hidden;
}

.vly-panel {
  display: flex;
  flex-direction: column;
  height: 100%;
  min-height: 0;
}

.vly-panel [hidden],
.vly-in-cell [hidden] {
  display: none !important;
}

.vly-panel *,
.vly-in-cell * {
  box-sizing: border-box;
}

/* -- head and tabs ------------------------------------------------------- */

.vly-top {
  padding: 12px 16px 6px;
}

.vly-brand {
  display: flex;
  align-items: baseline;
  gap: 8px;
}

.vly-name {
  font-size: 15px;
  font-weight: 600;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-tabs {
  display: flex;
  flex-wrap: wrap;
  gap: 0 2px;
  padding: 0 10px;
  border-bottom: 1px solid var(--vly-edge);
  flex: none;
}

.vly-tab {
  appearance: none;
  border: 0;
  background: none;
  color: var(--vly-soft);
  font: inherit;
  padding: 6px 7px 8px;
  border-bottom: 2px solid transparent;
  cursor: pointer;
  white-space: nowrap;
}

.vly-tab:hover {
  color: var(--vly-text);
}

.vly-tab[aria-selected='true'] {
  color: var(--vly-text);
  font-weight: 600;
  border-bottom-color: var(--vly-accent);
}

.vly-covered .vly-tabs,
.vly-covered .vly-composer {
  display: none;
}

.vly-body {
  flex: 1;
  min-height: 0;
  display: flex;
}

.vly-scroll {
  flex: 1;
  min-width: 0;
  overflow: hidden auto;
  overflow-anchor: none;
  padding: 14px 16px;
  overflow-wrap: anywhere;
}

/* A wide panel keeps its lines short enough to read. */
.vly-panel .vly-scroll > *,
.vly-panel .vly-cover > *,
.vly-panel .vly-composer > * {
  max-width: 860px;
  margin-inline: auto;
}

.vly-cover {
  flex: 1;
  overflow: auto;
  padding: 20px 16px;
}

/* -- words ----------------------------------------------------------------- */

.vly-h {
  font-size: 15px;
  line-height: 1.35;
  font-weight: 600;
  margin: 0 0 6px;
  color: inherit;
}

.vly-quiet {
  color: var(--vly-soft);
  font-size: 12px;
}

.vly-quiet p,
p.vly-quiet {
  margin: 0 0 12px;
}

.vly-strong {
  font-weight: 600;
}

.vly-good {
  color: var(--vly-good);
}

.vly-bad {
  color: var(--vly-bad);
}

.vly-pre {
  white-space: pre-wrap;
}

.vly-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.vly-tag {
  font-size: 11px;
  color: var(--vly-soft);
  border: 1px solid var(--vly-edge);
  border-radius: 999px;
  padding: 0 7px;
  margin-left: 6px;
  white-space: nowrap;
}

.vly-panel code,
.vly-in-cell code {
  font-family: var(--vly-mono);
  font-size: 0.92em;
  background: var(--vly-raised);
  color: inherit;
  padding: 1px 4px;
  border-radius: 4px;
}

.vly-trouble {
  color: var(--vly-bad);
}

.vly-trouble:empty {
  display: none;
}

.vly-entry .vly-trouble,
.vly-composer .vly-trouble,
.vly-first .vly-trouble {
  border-left: 3px solid var(--vly-bad);
  padding: 4px 10px;
  margin: 6px 0;
}

.vly-notice {
  color: var(--vly-soft);
  font-size: 12px;
  text-align: center;
}

/* -- buttons ----------------------------------------------------------------- */

.vly-button,
.vly-primary,
.vly-stop,
.vly-choice {
  appearance: none;
  font: inherit;
  border-radius: 6px;
  border: 1px solid var(--vly-edge);
  background: var(--vly-back);
  color: var(--vly-text);
  padding: 4px 12px;
  cursor: pointer;
  white-space: nowrap;
}

.vly-button:hover:not(:disabled),
.vly-choice:hover:not(:disabled) {
  background: var(--vly-raised);
}

.vly-primary {
  background: var(--vly-accent);
  border-color: var(--vly-accent);
  color: var(--vly-on-accent);
  font-weight: 600;
}

.vly-primary:hover:not(:disabled) {
  filter: brightness(1.08);
}

.vly-stop {
  border-color: var(--vly-bad);
  color: var(--vly-bad);
  font-weight: 600;
}

.vly-panel button:disabled,
.vly-in-cell button:disabled {
  opacity: 0.55;
  cursor: default;
}

.vly-choice {
  display: block;
  width: 100%;
  text-align: left;
  padding: 9px 12px;
  margin: 0 0 8px;
  white-space: normal;
}

.vly-choice .vly-quiet {
  display: block;
}

/* The host rounds buttons its own way. */
.vly-panel .vly-choice {
  border-radius: var(--vly-radius);
}

.vly-panel .vly-button,
.vly-panel .vly-primary,
.vly-panel .vly-stop,
.vly-in-cell .vly-button,
.vly-in-cell .vly-primary {
  border-radius: 6px;
}

.vly-link {
  appearance: none;
  border: 0;
  background: none;
  padding: 0;
  font: inherit;
  font-size: 12px;
  color: var(--vly-accent);
  cursor: pointer;
  text-align: left;
  overflow-wrap: anywhere;
}

.vly-link:hover {
  text-decoration: underline;
}

.vly-icon {
  appearance: none;
  border: 0;
  background: none;
  color: var(--vly-soft);
  font: inherit;
  font-size: 15px;
  line-height: 1;
  padding: 4px 6px;
  border-radius: 4px;
  cursor: pointer;
}

.vly-icon:hover {
  background: var(--vly-raised);
  color: var(--vly-text);
}

.vly-panel :focus-visible,
.vly-in-cell :focus-visible {
  outline: 2px solid var(--vly-accent);
  outline-offset: 1px;
}

.vly-row {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  align-items: center;
  margin: 10px 0 0;
}

.vly-bar {
  margin: 0 0 12px;
}

.vly-input {
  flex: 1;
  min-width: 120px;
  font: inherit;
  color: var(--vly-text);
  background: var(--vly-back);
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  padding: 4px 10px;
}

.vly-first .vly-row {
  margin: 0 0 14px;
}

/* -- the conversation --------------------------------------------------------- */

.vly-entry {
  margin: 0 0 14px;
}

.vly-entry:empty {
  display: none;
}

.vly-entry-asked {
  margin-top: 22px;
}

.vly-entry-asked:first-child {
  margin-top: 0;
}

.vly-asked {
  background: color-mix(in srgb, var(--vly-accent) 11%, var(--vly-back));
  border-radius: 12px 12px 3px 12px;
  padding: 9px 13px;
  margin-left: 28px;
  white-space: pre-wrap;
  max-height: 260px;
  overflow: auto;
}

.vly-card {
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  padding: 10px 12px;
  background: var(--vly-back);
}

.vly-card.vly-waits {
  border-color: var(--vly-accent);
}

.vly-head {
  display: flex;
  gap: 8px;
  align-items: baseline;
}

.vly-mark {
  flex: none;
  width: 14px;
  text-align: center;
  font-size: 12px;
  color: var(--vly-good);
}

.vly-red .vly-mark {
  color: var(--vly-bad);
}

.vly-waits .vly-mark {
  color: var(--vly-accent);
}

.vly-title {
  font-weight: 600;
}

.vly-card > :not(.vly-head) {
  margin-left: 22px;
}

.vly-card > .vly-files,
.vly-card > .vly-review {
  margin-left: 0;
}

.vly-said > :first-child {
  margin-top: 4px;
}

.vly-said > :last-child {
  margin-bottom: 0;
}

.vly-said p,
.vly-said ul,
.vly-said ol {
  margin: 6px 0;
}

.vly-said ul,
.vly-said ol {
  padding-left: 20px;
}

.vly-said pre {
  font-family: var(--vly-mono);
  font-size: 12px;
  background: var(--vly-raised);
  border-radius: 6px;
  padding: 8px 10px;
  overflow-x: auto;
}

.vly-said a,
.vly-quiet a {
  color: var(--vly-accent);
  text-decoration: underline;
}

.vly-said table,
.vly-table {
  border-collapse: collapse;
  font-size: 12px;
}

.vly-said th,
.vly-said td,
.vly-table th,
.vly-table td {
  text-align: left;
  vertical-align: top;
  padding: 4px 10px 4px 0;
  border-bottom: 1px solid var(--vly-edge);
}

.vly-calls {
  list-style: none;
  margin: 4px 0 0;
  padding: 0;
  color: var(--vly-soft);
  font-size: 12px;
}

.vly-card > .vly-calls {
  margin-left: 22px;
}

.vly-failed {
  color: var(--vly-bad);
}

.vly-fold > summary {
  cursor: pointer;
  color: var(--vly-soft);
  font-size: 12px;
  padding: 2px 0;
}

.vly-foot {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 12px;
  margin-top: 8px;
  font-size: 12px;
  align-items: baseline;
}

.vly-version {
  font-weight: 600;
}

.vly-check {
  margin-top: 6px;
  font-size: 12px;
}

.vly-check .vly-quiet {
  color: var(--vly-soft);
}

.vly-complaint {
  border-left: 3px solid var(--vly-warn);
  padding: 2px 0 2px 10px;
  margin: 8px 0;
  font-size: 12px;
}

.vly-complaint.vly-error {
  border-left-color: var(--vly-bad);
}

.vly-complaint > div:first-child {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 8px;
  align-items: baseline;
}

.vly-weight {
  font-weight: 600;
}

.vly-end {
  padding: 2px 0 0;
}

.vly-end-bad {
  border-left: 3px solid var(--vly-warn);
  padding-left: 10px;
}

.vly-facts {
  margin: 10px 0 0;
  font-size: 12px;
}

.vly-facts dt {
  color: var(--vly-soft);
}

.vly-facts dd {
  margin: 0 0 6px;
}

.vly-live-words > div {
  white-space: pre-wrap;
}

.vly-live {
  margin: 0 0 10px;
}

.vly-nokey {
  border: 1px solid var(--vly-accent);
  border-radius: var(--vly-radius);
  background: color-mix(in srgb, var(--vly-accent) 6%, var(--vly-back));
  padding: 12px 14px;
  margin: 8px 0 16px;
}

.vly-nokey p.vly-quiet {
  margin: 4px 0 0;
}

.vly-keyform .vly-trouble {
  flex-basis: 100%;
}

.vly-latest {
  position: sticky;
  bottom: 0;
  height: 0;
  display: flex;
  justify-content: center;
  align-items: flex-end;
}

.vly-panel .vly-latest .vly-button {
  border-radius: 999px;
  box-shadow: 0 2px 8px rgba(0, 0, 0, 0.18);
}

.vly-older {
  display: block;
  margin: 0 auto 12px;
}

/* -- files and diffs -------------------------------------------------------------- */

.vly-files {
  margin-top: 8px;
}

.vly-file {
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  margin: 6px 0 0;
  overflow: hidden;
}

.vly-file-head {
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 0 6px 0 8px;
  background: var(--vly-raised);
}

.vly-toggle {
  appearance: none;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  flex: 1;
  min-width: 0;
  min-height: 30px;
  padding: 4px 0;
  display: flex;
  align-items: center;
  gap: 6px;
  cursor: pointer;
  text-align: left;
}

.vly-toggle::before {
  content: '\u25B8';
  color: var(--vly-soft);
  font-size: 10px;
  width: 10px;
  flex: none;
}

.vly-toggle[aria-expanded='true']::before {
  content: '\u25BE';
}

.vly-path {
  font-family: var(--vly-mono);
  font-size: 12px;
  display: flex;
  white-space: nowrap;
  overflow: hidden;
  min-width: 0;
}

/* Where there is no room, it is the folders that are cut. */
.vly-folder {
  color: var(--vly-soft);
  overflow: hidden;
  text-overflow: ellipsis;
  min-width: 0;
}

.vly-folder + span {
  flex: none;
  max-width: 100%;
  overflow: hidden;
  text-overflow: ellipsis;
}

.vly-counts {
  margin-left: auto;
  font-size: 12px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
  display: flex;
  gap: 6px;
}

.vly-plus {
  color: var(--vly-good);
}

.vly-minus {
  color: var(--vly-bad);
}

.vly-open {
  font-size: 13px;
  flex: none;
}

.vly-box {
  margin: 0;
  width: 14px;
  height: 14px;
  flex: none;
  accent-color: var(--vly-accent);
  cursor: pointer;
}

.vly-hunk-head {
  display: flex;
  gap: 8px;
  align-items: center;
  padding: 3px 8px;
  font-size: 12px;
  position: sticky;
  left: 0;
}

.vly-hunk {
  border-top: 1px solid var(--vly-edge);
}

.vly-hunk-head .vly-quiet {
  font-family: var(--vly-mono);
  font-size: 11px;
}

.vly-hunk {
  overflow-x: auto;
}

.vly-hunk:focus-visible {
  outline-offset: -2px;
}

.vly-lines {
  margin: 0;
  overflow: visible;
  width: max-content;
  min-width: 100%;
  font-family: var(--vly-mono);
  font-size: 12px;
  line-height: 1.5;
  color: inherit;
  background: none;
  white-space: pre;
  padding: 0 0 4px;
}

.vly-line {
  display: inline-block;
  min-width: 100%;
  padding-right: 8px;
}

.vly-no {
  display: inline-block;
  width: 34px;
  padding-right: 8px;
  text-align: right;
  color: var(--vly-soft);
  user-select: none;
  font-size: 11px;
}

.vly-sign {
  display: inline-block;
  width: 1.6ch;
}

.vly-add {
  background: var(--vly-add);
}

.vly-del {
  background: var(--vly-del);
}

.vly-pad {
  padding: 6px 10px;
}

.vly-t-comment {
  color: var(--vly-soft);
  font-style: italic;
}

.vly-t-string {
  color: var(--jp-mirror-editor-string-color, #a3312a);
}

.vly-t-keyword {
  color: var(--jp-mirror-editor-keyword-color, #0a6b2d);
}

.vly-t-number {
  color: var(--jp-mirror-editor-number-color, #116644);
}

.vly-t-tag {
  color: var(--vly-accent);
}

/* -- review -------------------------------------------------------------------------- */

.vly-review {
  margin-top: 8px;
}

.vly-ask {
  margin: 0 0 4px;
  font-weight: 600;
}

.vly-keys {
  margin: 10px 0 0;
  color: var(--vly-soft);
  font-size: 11px;
}

/* -- versions -------------------------------------------------------------------------- */

.vly-timeline {
  list-style: none;
  margin: 0;
  padding: 0 0 0 14px;
  border-left: 2px solid var(--vly-edge);
}

.vly-timeline > li {
  position: relative;
  margin: 0 0 16px;
}

.vly-timeline > li::before {
  content: '';
  position: absolute;
  left: -20px;
  top: 5px;
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--vly-back);
  border: 2px solid var(--vly-soft);
}

.vly-timeline > .vly-here::before {
  background: var(--vly-accent);
  border-color: var(--vly-accent);
}

.vly-when {
  font-size: 12px;
  color: var(--vly-soft);
}

.vly-when b {
  color: var(--vly-text);
}

.vly-keylist {
  list-style: none;
  padding: 0;
  margin: 0;
}

.vly-keylist li {
  padding: 10px 0;
  border-bottom: 1px solid var(--vly-edge);
}

.vly-keyrow {
  display: flex;
  align-items: baseline;
  gap: 12px;
}

.vly-keyrow code {
  overflow-wrap: anywhere;
}

.vly-missing {
  color: var(--vly-warn);
  font-size: 12px;
}

.vly-another {
  margin: 20px 0 0;
}

/* -- what goes on, and the prompt -------------------------------------------------------- */

.vly-doing {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 6px 16px;
  border-top: 1px solid var(--vly-edge);
  flex: none;
}

.vly-doing-words {
  flex: 1;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-dot {
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: var(--vly-accent);
  flex: none;
  animation: vly-pulse 1.4s ease-in-out infinite;
}

@keyframes vly-pulse {
  50% {
    opacity: 0.25;
  }
}

@media (prefers-reduced-motion: reduce) {
  .vly-dot {
    animation: none;
  }
}

.vly-composer {
  padding: 10px 12px 12px;
  border-top: 1px solid var(--vly-edge);
  flex: none;
}

.vly-box-outer {
  position: relative;
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  background: var(--vly-back);
}

.vly-box-outer:focus-within {
  border-color: var(--vly-accent);
  box-shadow: 0 0 0 1px var(--vly-accent);
}

.vly-prompt {
  display: block;
  width: 100%;
  resize: vertical;
  min-height: 64px;
  max-height: 40vh;
  border: 0;
  background: none;
  color: var(--vly-text);
  font: inherit;
  padding: 9px 12px 4px;
  field-sizing: content;
}

.vly-prompt:focus,
.vly-prompt:focus-visible {
  outline: none;
}

.vly-prompt::placeholder,
.vly-input::placeholder {
  color: var(--vly-soft);
  opacity: 1;
}

.vly-tools {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 4px 6px 6px;
}

.vly-grow {
  flex: 1;
}

.vly-select {
  appearance: none;
  border: 0;
  background:
    linear-gradient(45deg, transparent 50%, currentcolor 50%) right 8px center / 4px 4px no-repeat,
    linear-gradient(135deg, currentcolor 50%, transparent 50%) right 4px center / 4px 4px no-repeat;
  color: var(--vly-soft);
  font: inherit;
  font-size: 12px;
  padding: 3px 16px 3px 4px;
  field-sizing: content;
  border-radius: 4px;
  cursor: pointer;
  min-width: 0;
  text-overflow: ellipsis;
}

.vly-select:hover {
  background-color: var(--vly-raised);
  color: var(--vly-text);
}

.vly-select option {
  color: var(--vly-text);
  background: var(--vly-back);
}

.vly-model {
  flex: 0 1 auto;
}

.vly-how {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 8px;
  margin: 6px 0 0;
}

.vly-record {
  display: flex;
  align-items: center;
  gap: 6px;
  margin-left: auto;
  font-size: 12px;
  color: var(--vly-soft);
}

.vly-record input {
  margin: 0;
  accent-color: var(--vly-accent);
}

.vly-queue {
  list-style: none;
  margin: 0 0 8px;
  padding: 0;
}

.vly-queue li {
  display: flex;
  align-items: center;
  background: var(--vly-raised);
  border-radius: 6px;
  padding: 2px 4px 2px 10px;
  margin-top: 4px;
  font-size: 12px;
}

.vly-queued {
  flex: 1;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-offers {
  position: absolute;
  bottom: 100%;
  left: 0;
  right: 0;
  z-index: 10;
  list-style: none;
  margin: 0 0 4px;
  padding: 4px;
  max-height: 240px;
  overflow: auto;
  background: var(--vly-back);
  border: 1px solid var(--vly-edge);
  border-radius: var(--vly-radius);
  box-shadow: 0 4px 16px rgba(0, 0, 0, 0.18);
  font-family: var(--vly-mono);
  font-size: 12px;
}

.vly-offers li {
  padding: 4px 8px;
  border-radius: 4px;
  cursor: pointer;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.vly-offers li[aria-selected='true'] {
  background: var(--vly-accent);
  color: var(--vly-on-accent);
}

.vly-in-cell {
  padding: 2px 12px 6px 0;
  max-width: 980px;
}

/* -- a person's own colours ------------------------------------------------------------- */

@media (forced-colors: active) {
  .vly-add,
  .vly-del {
    forced-color-adjust: none;
    color: CanvasText;
    background: Canvas;
  }

  .vly-add .vly-sign,
  .vly-del .vly-sign {
    font-weight: 700;
  }

  .vly-tab[aria-selected='true'],
  .vly-offers li[aria-selected='true'] {
    border-bottom-color: Highlight;
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }

  .vly-dot {
    background: CanvasText;
  }

  .vly-primary {
    border: 2px solid ButtonText;
  }
}

@media (prefers-contrast: more) {
  :is(.vly-side, .vly-widget, .vly-in-cell),
  [data-jp-theme-light] :is(.vly-side, .vly-widget, .vly-in-cell) {
    --vly-edge: var(--vly-text);
    --vly-soft: var(--vly-text);
  }
}

.vly-screen {
  overflow: hidden;
  border: 1px solid var(--vly-edge);
  border-radius: 6px;
  background: #fff;
}

.vly-screen[hidden] {
  display: none;
}

.vly-preview {
  display: block;
  margin: 0 auto;
  border: 0;
  transform-origin: top left;
}
`;function ge({model:i,el:t}){let e=document.createElement("style");e.textContent=kt;let s=document.createElement("div");s.className="vly-widget",t.append(e,s);let n=new N;n.set({standing:"connecting"});let r=()=>{},a=y=>r(y),l=new H({send:y=>i.send(y),onMessage:y=>{r=y,i.on("msg:custom",a)},close:()=>i.off("msg:custom",a)},y=>n.take(y),y=>n.setState(y)),d={store:n,actions:xe(l,n),line:()=>l,draft:{text:"",history:[],tab:"chat"}},p=bt(s,d,{t:we}),c=Math.random().toString(36).slice(2),u=async()=>{try{n.welcome(await l.ask({do:"hello",client:c,since:Date.now()},3e4))}catch{n.set({standing:"lost"})}};return n.onGap=xt(()=>u()),n.listen(y=>{y.state&&n.state?.queue.length&&!n.busy&&!n.state.open&&l.ask({do:"take"}).then(f=>f?.prompt?d.actions.send(f.prompt):void 0)}),u(),()=>{p(),l.close()}}var be=2e3;function we(i,...t){return i.replace(/%(\d)/g,(e,s)=>String(t[Number(s)-1]??e))}function xe(i,t){let e=async s=>{await i.ask(s)};return{send:async s=>{t.set({sending:s});try{await e({do:"ask",prompt:s})}catch(n){throw t.set({sending:null}),n}},next:s=>e({do:"next",answer:s??null}),apply:(s,n)=>e({do:"apply",proposal:s,picks:n}),reject:(s,n)=>e({do:"reject",proposal:s,reason:n}),stop:async()=>{try{await i.ask({do:"stop"},be)}catch{throw new Error("The kernel is busy with a cell. It stops when you interrupt it (\u25A0), or when that cell has ended.")}},undo:()=>e({do:"undo"}),redo:()=>e({do:"redo"}),goto:(s,n)=>e({do:"goto",number:s,tree:n??""})}}var $s={render:ge};export{$s as default};

// Comfort where it runs; every page works without.

for (const button of document.querySelectorAll("button[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    if (!navigator.clipboard || !field) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(field.value ?? field.textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
}

// The virtual time goes on while the page is open. Where it goes in steps it is asked for, and a page that waits for it is opened anew.
const time = document.querySelector("time[data-running]");
if (time) {
    const [shown, opened] = [Date.parse(time.dateTime), Date.now()];
    const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const two = number => String(number).padStart(2, "0");
    const say = now => {
        time.textContent = `${now.getUTCDate()} ${months[now.getUTCMonth()]} ${now.getUTCFullYear()}, `
            + `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`;
    };
    const inSteps = time.dataset.running === "steps";
    const waits = document.querySelector("[data-waits]");
    setInterval(async () => {
        if (!inSteps) {
            say(new Date(shown + Date.now() - opened));
            return;
        }

        const answer = await fetch("/clock").catch(() => null);
        if (!answer?.ok) return;
        const reading = await answer.json();
        say(new Date(reading.now));
        if (waits && !reading.movingTo) location.replace(location.pathname);
    }, 1000);
}

// A button that asks first.
for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", event => {
        if (!confirm(form.dataset.confirm)) event.preventDefault();
    });
}

// A number beside the slider that chooses it.
for (const slider of document.querySelectorAll("input[type=range]")) {
    const shown = slider.parentElement.querySelector("output");
    const say = () => { if (shown) shown.textContent = slider.value; };
    slider.addEventListener("input", say);
    say();
}

// Plans are asked for again when the form changes: the part of the page that shows them is replaced.
for (const form of document.querySelectorAll("form[data-refresh]")) {
    let latest = 0;
    form.addEventListener("change", async event => {
        const part = document.getElementById(form.dataset.refresh);
        if (!part || part.contains(event.target)) return;
        const mine = ++latest;
        part.setAttribute("aria-busy", "true");
        const query = new URLSearchParams(new FormData(form));
        try {
            const answer = await fetch(`${form.dataset.from}?${query}`, { headers: { accept: "text/html" } });
            const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
            if (mine === latest && fresh) part.replaceChildren(...fresh.childNodes);
        } finally {
            if (mine === latest) part.removeAttribute("aria-busy");
        }
    });
}

// Comfort where it runs; every page works without.
for (const button of document.querySelectorAll("button[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    if (!navigator.clipboard || !field) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
}

// Deadlines count down from what the page says, so that nobody's own clock matters.
for (const left of document.querySelectorAll("[data-left]")) {
    const until = performance.now() + Number(left.dataset.left) * 1000;
    const show = () => {
        const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
        const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
        left.textContent = days > 0 ? `${days} ${days === 1 ? "day" : "days"} ${hours} h`
            : hours > 0 ? `${hours} h ${minutes} min`
            : minutes > 0 ? `${minutes} min ${seconds % 60} s`
            : `${seconds} s`;
        if (seconds > 0) setTimeout(show, seconds > 3600 ? 30000 : 1000);
    };
    show();
}

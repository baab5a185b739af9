using Microsoft.Playwright;

namespace Marketplace.Integration.Dashboard;

/// <summary>What holds of every page for people, whoever looks at it with whatever.</summary>
internal static class Readable
{
    /// <summary>One heading that says what the page is, nothing beside the window, nothing too faint to read, nothing nameless to work with.</summary>
    public static async Task Check(IPage page, string name)
    {
        Assert.Equal(1, await page.Locator("h1").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{name} is wider than the window");
        Assert.Equal("", string.Join('\n', await page.EvaluateAsync<string[]>(FaintText)));
        Assert.Empty(await page.EvaluateAsync<string[]>(NamelessControls));
    }

    /// <summary>Text that stands out too little from what is behind it (WCAG 2.2, 1.4.3).</summary>
    private const string FaintText = """
        () => {
            const parse = colour => {
                const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
                canvas.fillStyle = colour;
                canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
            const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = parse(getComputedStyle(at).backgroundColor);
                    if (colour[3] === 255) return colour;
                }
                return [255, 255, 255, 255];
            };
            const faint = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.getBoundingClientRect().width <= 1) continue;
                const [text, back] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
                const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
                if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${walker.currentNode.data.trim()}`);
            }
            return [...new Set(faint)];
        }
        """;

    /// <summary>What can be worked, and says nothing of itself to whoever does not see it.</summary>
    private const string NamelessControls = """
        () => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary, [role=region], [role=img]")]
            .filter(control => control.checkVisibility() && !(control.textContent.trim() || control.getAttribute("aria-label")
                || (control.labels && [...control.labels].some(label => label.textContent.trim()))))
            .map(control => control.outerHTML)
        """;
}

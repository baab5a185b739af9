using Marketplace.Integration.Dashboard;
using Marketplace.Simulator.Invoices;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>An invoice and the customer's card, by the pages of the simulator. It needs the hour before the first charge, and so a story of its own.</summary>
public sealed class PaymentPageTests(VercelStory story, Chromium chromium) : IClassFixture<VercelStory>, IClassFixture<Chromium>
{
    private readonly Acme acme = story.Acme;

    [Fact]
    public async Task An_invoice_is_tried_ten_times_and_overdue_as_the_clock_goes_on_and_paid_by_hand_then()
    {
        var page = await story.Open(chromium, "/invoices");
        await page.ClickAsync("tbody a");
        var invoice = page.Url;
        await Expect(page.Locator("#lines")).ToContainTextAsync("checkout");
        await page.ClickAsync("text=Let the card fail");
        await Expect(page.Locator("#payment .status").First).ToHaveTextAsync("Card fails");

        await story.Advance(page, "By an hour");
        await page.GotoAsync(invoice);
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Not paid");
        await Expect(page.Locator("#payment li")).ToHaveCountAsync(10);
        await Expect(page.Locator("#payment li.to-come")).ToHaveCountAsync(9);

        await story.Advance(page, "By a week");
        await page.GotoAsync(invoice);
        await Expect(page.Locator("#payment li.to-come")).ToHaveCountAsync(5);
        await Expect(page.Locator("#payment li").Nth(4)).ToContainTextAsync("Retry 4 of 9");
        await Chromium.Keep(page, "simulator-invoice-not-paid");
        Assert.Equal(InvoiceState.NotPaid, Invoice().State);

        await story.Advance(page, "By a week");
        await story.Advance(page, "By a week");
        await page.GotoAsync(invoice);
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Overdue");
        await Expect(page.Locator("#payment li")).ToHaveCountAsync(10);
        await Expect(page.Locator("#payment li:has-text('Failed')")).ToHaveCountAsync(10);
        await Chromium.Keep(page, "simulator-invoice-overdue");

        await page.ClickAsync("text=Pay by hand");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Paid");
        await Expect(page.Locator("#payment li").Last).ToContainTextAsync("By hand");
        Assert.Equal(InvoiceState.Paid, Invoice().State);
        Assert.Equal(10, acme.Vercel.State.Webhooks.Count(webhook => webhook.Type == "marketplace.invoice.notpaid" && webhook.Body.Contains(Invoice().Id, StringComparison.Ordinal)));

        Invoice Invoice() => acme.Customer.Installation(story.Installation).Invoices[0];
    }
}

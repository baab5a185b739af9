using System.Net;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole.Resources;

/// <summary>The pages of customers who leave, as far as the end has come.</summary>
[Collection(SharedAcme.Name)]
public sealed class LeavingPageTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_leaves_and_who_is_gone_is_shown_with_how_far_the_end_has_come_and_nothing_can_be_told_there()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation, "leaving");
        using var browser = await Operators.SignIn(acme.Server);
        var before = await browser.Open($"/ops/installations/{installation}");
        await acme.Customer.Uninstall(installation, Cancel);

        var going = (await browser.Open($"/ops/installations/{installation}")).Is(HttpStatusCode.OK);
        Assert.Contains("It is being uninstalled", going.Text, StringComparison.Ordinal);
        Assert.Contains("The end waits: ", going.Text, StringComparison.Ordinal);
        Assert.Empty(going.Forms);
        await browser.Answered(before.Form("/resync")!, "is uninstalled: Vercel shows nothing of it any more", ("reason", "Too late"));
        await browser.Answered(before.Form("/notification")!, "is uninstalled: nobody looks there any more", ("reason", "Too late"), ("level", "info"), ("title", "Hello"));
        (await browser.Open($"/ops/resources/{installation}/{tool.Id}")).Is(HttpStatusCode.OK);

        await acme.WorkOff();
        var over = (await browser.Open($"/ops/installations/{installation}")).Is(HttpStatusCode.OK);
        Assert.Contains("It is over", over.Text, StringComparison.Ordinal);
        Assert.Contains("Held no", over.Text, StringComparison.Ordinal);
        Assert.Contains("Uninstalled", (await browser.Open($"/ops/resources/{installation}/{tool.Id}")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }
}

using System.Globalization;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Demo;

/// <summary>A third customer calls an API with a key that it has bought credit for; the provider's gateway asks about each.</summary>
internal sealed partial class CustomerLife
{
    private const string Api = "acme-keys";
    private const string ApiKey = "ACME_API_KEY";

    private readonly List<string[]> hoursOfCalls = [];

    private Gateway? gateway;
    private decimal priceOfACall;
    private decimal creditOfCalls;
    private string callerInstallationId = "";
    private string callerResourceId = "";
    private string replacedKey = "";

    private Installation Caller => vercel.State.Installations[callerInstallationId];

    private Resource Called => Caller.Resources[callerResourceId];

    private string CallersKey => Called.Secrets.Find(secret => secret.Name == ApiKey)!.Value;

    private async Task BuyCallsOfAnApi(CancellationToken cancel)
    {
        transcript.Step("A third team buys credit for calls of an API, and the provider's gateway lets its key in");
        gateway = new Gateway(vercel.Provider!, await providerKeys("keys:verify", "usage:write"));
        (callerInstallationId, var installed) = await Dashboard.Install(Dashboard.CreateTeam("Green Heron").AccountId, cancel);
        Told(installed);
        var listed = await Dashboard.ProductPlans(Api, metadata: null, cancel, callerInstallationId);
        Told(listed);
        priceOfACall = ShownPrices.OfACall(
            listed.Json!.Value.GetProperty("plans").EnumerateArray().First(plan => plan.GetProperty("type").GetString() == "prepayment"));
        var provisioned = await Dashboard.Provision(callerInstallationId, Api, "geocoder", "credits", [], cancel);
        Told(provisioned);
        callerResourceId = provisioned.Json!.Value.GetProperty("id").GetString()!;
        transcript.Check("it is ready with its answer, and its key is at Vercel", ("ready", 1), (Called.Status, Called.Secrets.Count));
        await BuyCalls(cancel);
        await Gateway("the key", CallersKey, $"good, plan credits, {Dollars(creditOfCalls)} left: fine", cancel);
        var other = CallersKey[^1] == 'A' ? 'E' : 'A';
        await Gateway("one that is wrong in its last letter", CallersKey[..^1] + other, "refused, unknown", cancel);
        await Gateway("one that was cut off", CallersKey[..^1], "refused, malformed", cancel);
    }

    /// <summary>Reported while the hour is under way, whose end burns what they cost.</summary>
    private Task CallTheApi(int hour, CancellationToken cancel) => gateway!.Report(
        callerInstallationId, callerResourceId, CallsIn(hour), vercel.Clock.GetUtcNow(), cancel);

    private async Task AskAboutTheHour(int hour, CancellationToken cancel)
    {
        creditOfCalls -= CallsIn(hour) * priceOfACall;
        hoursOfCalls.Add(
        [
            Wire.Text(vercel.Clock.GetUtcNow()), CallsIn(hour).ToString("#,0", CultureInfo.InvariantCulture), Dollars(creditOfCalls),
            await gateway!.Show(CallersKey, cancel),
        ]);
    }

    private async Task LookAtTheCalls(CancellationToken cancel)
    {
        transcript.Step("Meanwhile the credit of the third team ran low and out, and its key was refused until it bought more");
        transcript.Table(["hour's end", "calls", "left", "the gateway was told of the key"], hoursOfCalls);
        transcript.Check(
            "it was fine, low, and refused",
            string.Join("; ", hoursOfCalls.Zip(["good, plan credits", "good, plan credits", "refused, balance_empty"], ["fine", "low", "empty"])
                .Select(hour => $"{hour.Second}, {hour.First[2]} left: {hour.Third}")),
            string.Join("; ", hoursOfCalls.Select(hour => hour[3])));
        await Eventually("Vercel shows the resource as suspended", () => Called.Status, status => status == "suspended", cancel);
        await BuyCalls(cancel);
        var good = $"good, plan credits, {Dollars(creditOfCalls)} left: fine";
        await Eventually($"the gateway is told of the same key: {good}", () => gateway!.Show(CallersKey, cancel), told => told == good, cancel);
    }

    private async Task RotateTheKey(CancellationToken cancel)
    {
        transcript.Step("The third team rotates its key; the old one lives for two more hours");
        replacedKey = CallersKey;
        Told(await Dashboard.Rotate(callerInstallationId, callerResourceId, delayHours: 2, cancel, reason: "A new release"));
        transcript.Check("Vercel has another key", true, CallersKey != replacedKey);
        var good = $"good, plan credits, {Dollars(creditOfCalls)} left: fine";
        await Gateway("the new key", CallersKey, good, cancel);
        await Gateway("the old key", replacedKey, good, cancel);
    }

    private async Task LookAtTheOldKey(CancellationToken cancel)
    {
        transcript.Step("The two hours of the old key are over, too");
        var left = $"{Dollars(creditOfCalls)} left: fine";
        await Gateway("the old key", replacedKey, $"refused, rotated, {left}", cancel);
        await Gateway("the new key", CallersKey, $"good, plan credits, {left}", cancel);
        gateway!.Dispose();
    }

    private async Task BuyCalls(CancellationToken cancel)
    {
        var (invoice, credited) = await Dashboard.Purchase(callerInstallationId, callerResourceId, Bought, cancel);
        Told(credited ?? throw new DemoFailureException("the purchase is paid", "an invoice that is paid", $"{invoice.State}"));
        creditOfCalls += Bought;
    }

    /// <summary>What the gateway is told when somebody shows a key.</summary>
    private async Task Gateway(string what, string shown, string expected, CancellationToken cancel) =>
        transcript.Check($"the gateway is told of {what}: {expected}", expected, await gateway!.Show(shown, cancel));

    /// <summary>4, 5 and 2 dollars' worth, at the price on the card.</summary>
    private int CallsIn(int hour) => (int)(hour switch { 1 => 4m, 2 => 5m, _ => 2m } / priceOfACall);

    private static string Dollars(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}

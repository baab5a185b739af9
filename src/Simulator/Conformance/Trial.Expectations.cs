using System.Diagnostics;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance;

internal sealed partial class Trial
{
    /// <summary>Ends the case when the rule is broken.</summary>
    public void Expect(bool holds, string expected, string came)
    {
        if (!holds)
        {
            throw Breach(expected, came);
        }
    }

    public CaseEndedException Breach(string expected, string came) => new(new Verdict.Broken(expected, came));

    public CaseEndedException NotOffered(string endpoint) => new(new Verdict.NotOffered(endpoint));

    /// <summary>Ends the case where the provider leaves out an operation that the case needs beside its own.</summary>
    public void Require(PartnerOperation operation)
    {
        if (Offer.Lacks(operation))
        {
            throw NotOffered(operation.ToString());
        }
    }

    public CaseEndedException NotObserved(string reason) => new(new Verdict.NotObserved(reason));

    /// <summary>A documented success whose body is as documented.</summary>
    public void ExpectSuccess(Exchange exchange) => Expect(
        exchange is { IsSuccess: true, Findings.IsEmpty: true }, $"{exchange.Operation} succeeds as documented", Told(exchange));

    /// <summary>Any of the statuses, and the body that is documented for every refusal.</summary>
    public void ExpectRefusal(Exchange exchange, params int[] statuses)
    {
        var named = string.Join(" or ", statuses);
        Expect(exchange.Status is { } status && statuses.Contains(status), $"{exchange.Operation} is refused with {named}", Told(exchange));
        var faults = exchange.Json is { } body ? SchemaCheck.Faults(PartnerApiSchemas.Error, body) : [new SchemaFault("the body", "is no JSON")];
        Expect(faults.IsEmpty, "the refusal has the documented error body", $"{exchange.Status} with {string.Join("; ", faults)}");
    }

    /// <summary>A refusal of any kind that is documented; never a success, and never a failure of the server.</summary>
    public void ExpectRefusal(Exchange exchange) => ExpectRefusal(exchange, 400, 401, 403, 404, 409, 422);

    /// <summary>Whoever calls is not let in. The documents name 403, and a guide of theirs shows 401.</summary>
    public void ExpectForbidden(Exchange exchange) =>
        Expect(exchange.Status is 401 or 403, $"{exchange.Operation} is refused with 403, as it is not allowed to whoever calls", Told(exchange));

    /// <summary>A refusal of any kind, whatever its body: what was asked cannot be done.</summary>
    public void ExpectTurnedDown(Exchange exchange) => Expect(
        exchange.Status is >= 400 and < 500, $"{exchange.Operation} is refused with a status from 400 on and below 500", Told(exchange));

    /// <summary>What is asked does not go with what is already so.</summary>
    public void ExpectConflict(Exchange exchange) => Expect(exchange.Status == 409, $"{exchange.Operation} is refused with 409", Told(exchange));

    /// <summary>Any answer but a failure of the server.</summary>
    public void ExpectAnswer(Exchange exchange) => Expect(
        exchange.Status is >= 200 and < 500, $"{exchange.Operation} is answered, by a success or by a refusal", Told(exchange));

    /// <summary>Waits for what a provider does in the background: it follows real time as well.</summary>
    /// <param name="within">In real time; the patience of the run when absent.</param>
    public async Task<T> Eventually<T>(string what, Func<Task<T>> read, Func<T, bool> holds, TimeSpan? within = null)
    {
        var patience = within ?? Options.Patience;
        var (came, isSo) = await Await(read, holds, patience);
        Expect(isSo, $"{what} within {patience.TotalSeconds:0} s", $"{came}");
        return came;
    }

    /// <summary>What came at last, and whether it is what was waited for.</summary>
    public async Task<(T Came, bool IsSo)> Await<T>(Func<Task<T>> read, Func<T, bool> holds, TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(10);
        var came = await read();
        while (!holds(came))
        {
            if (Stopwatch.GetElapsedTime(started) > within)
            {
                return (came, false);
            }

            await Task.Delay(pause, Cancel);
            pause = pause < TimeSpan.FromMilliseconds(200) ? pause * 2 : pause;
            came = await read();
        }

        return (came, true);
    }

    public Task<T> Eventually<T>(string what, Func<T> read, Func<T, bool> holds, TimeSpan? within = null) =>
        Eventually(what, () => Task.FromResult(read()), holds, within);

    /// <summary>What came back, without anything that could be secret: status, findings, and the sentence of a refusal.</summary>
    public static string Told(Exchange exchange)
    {
        var status = exchange.Status is { } number ? $"{number}" : $"no answer ({exchange.Failure})";
        var refusal = exchange is { IsSuccess: false, Json: { ValueKind: JsonValueKind.Object } body }
            && body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? $": {error.OptionalText("code")}, {error.OptionalText("message")}"
                : "";
        var findings = exchange.Findings.IsEmpty ? "" : $" ({string.Join("; ", exchange.Findings)})";
        return $"{status}{refusal}{findings}";
    }
}

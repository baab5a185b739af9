using System.Net;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Products;
using static LanguageExt.Prelude;
using static Marketplace.Shell.Provisioning.Http.ControlPlaneQuestion;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>What the provider's own control plane makes, in whatever language it is written: docs/http-provisioner.md is its side of this.</summary>
internal sealed partial class HttpProvisioner(
    ControlPlane controlPlane, ControlPlaneConsole console, CatalogueInForce catalogue, PublicSettings here, ILogger<HttpProvisioner> log)
    : IReplProvisioner
{
    /// <summary>A list that never ends would never be compared with anything.</summary>
    private const int PagesMax = 1000;

    public const string ItsName = "http";

    public string Name => ItsName;

    public Task<ProvisionerAnswer<Seq<Secret>>> Provision(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneMessage.Of(ControlPlaneQuestion.Provision, resource), resource, operation, mints: true, cancel);

    public Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneQuestion.ChangePlan, resource, operation, cancel);

    public Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneQuestion.Suspend, resource, operation, cancel);

    public Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneQuestion.Resume, resource, operation, cancel);

    public Task<ProvisionerAnswer<Seq<Secret>>> Rotate(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneMessage.Of(ControlPlaneQuestion.Rotate, resource), resource, operation, mints: true, cancel);

    public async Task<ProvisionerAnswer<Unit>> ExpireSecrets(
        ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel)
    {
        var message = ControlPlaneMessage.Of(ControlPlaneQuestion.ExpireSecrets, resource) with { MintedBy = [.. minted.Select(mint => mint.Value)] };
        return (await Operate(message, resource, operation, mints: false, cancel)).Map(_ => unit);
    }

    public Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Operate(ControlPlaneQuestion.Deprovision, resource, operation, cancel);

    public async Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel)
    {
        var reply = await controlPlane.Ask(
            NewId(), ControlPlaneMessage.Of(ControlPlaneQuestion.Measure, resource) with { At = now }, cancel);
        if (reply.IsNotImplemented)
            return Seq<Measurement>();

        var known = catalogue.Now.Product(resource.Product).Map(product => product.Metrics).IfNone(Seq<Metric>());
        return reply.Parsed<ControlPlaneReadings>().Measurements is { } readings && readings.All(IsReading)
            ? readings.Select(reading => new Measurement(resource.Id, new MetricId(reading.Metric!), now, reading.Value!.Value)).ToSeq().Strict()
            : throw new ProvisionerFaultException(
                "The control plane's measurements are a list, each with a metric of the product and a value that is a number and not negative, of every metric at most one.");

        bool IsReading(ControlPlaneReading? reading) =>
            reading is { Metric: { } metric, Value: >= 0 }
            && known.Exists(one => one.Id == new MetricId(metric)) && readings.Count(other => other?.Metric == metric) == 1;
    }

    public Task Run(ProvisionedResource resource, ReplCommand command, IReplScreen screen, CancellationToken cancel) =>
        console.Run(resource, command, screen, cancel);

    /// <summary>A control plane that is down keeps nobody from seeing what else differs.</summary>
    public async Task<Option<Seq<ResourceId>>> List(CancellationToken cancel)
    {
        try
        {
            var held = Seq<ResourceId>();
            string? after = null;
            for (var page = 0; page < PagesMax; page++)
            {
                var reply = await controlPlane.Ask(NewId(), new ControlPlaneMessage(ControlPlaneQuestion.List, After: after), cancel);
                if (reply.IsNotImplemented)
                    return None;

                var listed = reply.Parsed<ControlPlaneHoldings>();
                held += (listed.Resources ?? throw new ProvisionerFaultException("The control plane's list has no resources, not even none."))
                    .Select(id => new ResourceId(id ?? "")).ToSeq().Strict();
                if (listed.Next is not { Length: > 0 } next)
                    return held.Strict();
                after = next;
            }

            throw new ProvisionerFaultException($"The control plane's list has more than {PagesMax} pages.");
        }
        catch (ProvisionerFaultException fault)
        {
            NotListed(fault);
            return None;
        }
    }

    private async Task<ProvisionerAnswer<Unit>> Operate(string type, ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        (await Operate(ControlPlaneMessage.Of(type, resource), resource, operation, mints: false, cancel)).Map(_ => unit);

    private async Task<ProvisionerAnswer<Seq<Secret>>> Operate(
        ControlPlaneMessage message, ProvisionedResource resource, OperationId operation, bool mints, CancellationToken cancel)
    {
        var reply = await controlPlane.Ask(
            operation.Value,
            message with
            {
                OperationId = operation.Value,
                CallbackUrl = here.Url is { } url ? new Uri(url, ControlPlaneMessage.CallbackPath(resource.Installation, operation)).AbsoluteUri : null,
            },
            cancel);
        var answer = AnswerOf(reply, mints);
        return answer is ProvisionerAnswer<Seq<Secret>>.Pending ? new ProvisionerAnswer<Seq<Secret>>.Pending(reply.RetryAfter) : answer;
    }

    /// <summary>The body says it; the status must not say something else.</summary>
    private static ProvisionerAnswer<Seq<Secret>> AnswerOf(ControlPlaneReply reply, bool mints)
    {
        switch ((HttpStatusCode)reply.Status)
        {
            case HttpStatusCode.NoContent when !mints:
                return new ProvisionerAnswer<Seq<Secret>>.Done(Seq<Secret>());
            case HttpStatusCode.Accepted when reply.Body.Length == 0:
                return new ProvisionerAnswer<Seq<Secret>>.Pending(AskAfter: null);
            case HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity:
                var answer = reply.Parse<ControlPlaneAnswer>().Read(mints).Match(
                    Succ: read => read,
                    Fail: errors => throw new ProvisionerFaultException(
                        $"The control plane's answer ({reply.Status}) is not one: {string.Join(" ", errors.Select(error => $"{error.Key}: {error.Message}"))}"));
                return (reply.Status, answer) switch
                {
                    (200, _) or (202, ProvisionerAnswer<Seq<Secret>>.Pending) or (>= 400, ProvisionerAnswer<Seq<Secret>>.Refused) => answer,
                    _ => throw new ProvisionerFaultException($"The control plane's answer contradicts its status, {reply.Status}."),
                };
            default:
                throw reply.Unexpected;
        }
    }

    private static string NewId() => $"msg_{Guid.NewGuid():N}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The control plane could not be asked what it has, so that nobody can say whether something is missing there")]
    private partial void NotListed(Exception fault);
}

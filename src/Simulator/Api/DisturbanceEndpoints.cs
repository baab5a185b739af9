namespace Marketplace.Simulator.Api;

/// <summary><c>/faults</c>: misbehaviour on demand, for whoever tests a provider over HTTP.</summary>
internal sealed class DisturbanceEndpoints(FaultSwitches faults)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/faults", () => TypedResults.Json(faults.All));
        routes.MapPost("/faults", Add);
        routes.MapDelete("/faults", () =>
        {
            faults.Clear();
            return TypedResults.NoContent();
        });
        routes.MapDelete("/faults/{id}", (string id) =>
            (faults.Remove(id) ? ApiAnswer.NoContent : ApiAnswer.NotFound($"There is no fault {id}.")).ToResult());
    }

    private async Task<IResult> Add(HttpRequest request, CancellationToken cancel)
    {
        var (body, refusal) = await JsonBody.Read(request, cancel);
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        var (rule, wrong) = faults.Add(body);
        return rule is null ? ApiAnswer.BadRequest(string.Join("; ", wrong)).ToResult() : TypedResults.Json(rule);
    }
}

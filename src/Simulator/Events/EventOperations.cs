using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Events;

/// <summary>Contract D.4: an event carries no state, it only says what to read again.</summary>
internal static class EventOperations
{
    public static VercelDecision Create(VercelRequest request)
    {
        var announced = request.Body.GetProperty("event");
        var resourceId = announced.OptionalText("resourceId");
        if (resourceId is not null && request.Installation.Find(resourceId) is null)
        {
            return request.Answer(ApiAnswer.NotFound($"The installation has no resource {resourceId}."));
        }

        var reread = new Reread(request.Installation.Id, resourceId, request.Now, Attempts: 0);
        return new(request.State with { Rereads = request.State.Rereads.Add(reread) }, ApiAnswer.Created);
    }
}

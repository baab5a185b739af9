using System.Globalization;
using System.Text;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Secrets;

/// <summary>
/// The latest rotation of a resource that was answered at once and came without a key. Its answer is kept, encrypted, so that a duplicate
/// gets the same secrets, as one does that finds a rotation under way.
/// </summary>
internal sealed class LatestRotation
{
    private readonly (InstallationId Installation, ResourceId Resource) of;
    private readonly SecretBox box;
    private readonly Loaded<EarlierCall?> earlier;

    private LatestRotation(Loads loads, SecretBox box, InstallationId installation, ResourceId resource, DateTimeOffset now)
    {
        (of, this.box) = ((installation, resource), box);
        // As long as one could be under way.
        earlier = IdempotencyRows.LoadSince(loads, installation, Name, now - InlineOperations.Budget);
    }

    /// <summary>No header holds a line break, so that no caller's key is ever the same.</summary>
    private string Name => $"\nrotate {of.Resource}";

    /// <summary>Behind the lock of the resource.</summary>
    public static LatestRotation Look(Loads loads, SecretBox box, InstallationId installation, ResourceId resource, DateTimeOffset now) =>
        new(loads, box, installation, resource, now);

    /// <summary>Its operation and its answer, if it asked for the same delay and its secrets are the ones in force; null else.</summary>
    public (OperationId Operation, PartnerAnswer Answer)? Same(ResourceSecrets secrets, TimeSpan delay) =>
        earlier.Value is { Operation: { } operation, StatusCode: { } status, Body: { } body } call
        && operation == secrets.Current.MintedBy && call.RequestHash.AsSpan().SequenceEqual(Text(delay))
            ? (operation, new PartnerAnswer(status, box.Unprotect(body, "idempotency_record", of.Installation.Value, Name)))
            : null;

    public void Keep(Writes writes, OperationId operation, TimeSpan delay, PartnerAnswer answer, DateTimeOffset now) =>
        IdempotencyRows.Replace(
            writes, of.Installation, Name, Text(delay), operation, answer.StatusCode,
            box.Protect(answer.Body.Span, "idempotency_record", of.Installation.Value, Name), now);

    private static byte[] Text(TimeSpan delay) => Encoding.ASCII.GetBytes(delay.ToString("c", CultureInfo.InvariantCulture));
}

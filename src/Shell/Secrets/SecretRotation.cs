using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Operations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Secrets;

/// <summary>
/// The decision to replace the secrets of a resource, whoever asks: Vercel, or a customer on our own pages. They differ in who is told of the
/// new ones: Vercel by the answer, or by a message of its own.
/// </summary>
internal sealed class SecretRotation
{
    private readonly InstallationId installation;
    private readonly ResourceId id;
    private readonly Actor actor;
    private readonly Loaded<Resource?> current;
    private readonly Loaded<OpenRotation?> underWay;
    private readonly SecretBox box;
    private readonly Loaded<Seq<SecretGeneration>> generations;
    private readonly Loaded<HeldSecrets> held;

    private SecretRotation(Loads loads, SecretBox box, InstallationId installation, ResourceId id, Actor actor)
    {
        (this.installation, this.id, this.actor, this.box) = (installation, id, actor, box);
        current = ResourceRows.LoadForUpdate(loads, installation, id);
        underWay = OperationRows.OpenRotation(loads, installation, id);
        generations = SecretRows.LoadForUpdate(loads, installation, id);
        held = SecretRows.LoadCurrent(loads, box, installation, id);
    }

    /// <summary>Null where there is none, or none of this installation's.</summary>
    public Resource? Resource => current.Value;

    /// <summary>The newest that is not done yet.</summary>
    public OpenRotation? UnderWay => underWay.Value;

    /// <summary>As they are before.</summary>
    public ResourceSecrets Before => new(id, generations.Value);

    public static SecretRotation Look(Loads loads, SecretBox box, InstallationId installation, ResourceId id, Actor actor) =>
        new(loads, box, installation, id, actor);

    /// <summary>Where it is made beside our own rows: at once.</summary>
    /// <param name="areKept">For whoever is told later; else the answer tells the new ones, and nobody asks again.</param>
    public Seq<Secret> Now(Writes writes, ILocalProvisioner local, OperationId operation, TimeSpan delay, bool areKept, DateTimeOffset now) =>
        LocalResource.Rotate(writes, local, box, installation, Before, held.Value, operation, delay, actor, areKept, now);

    /// <summary>Where the world outside has to follow.</summary>
    public void Later(Writes writes, OperationId operation, TimeSpan delay, DateTimeOffset now) =>
        OperationRows.Append(writes, installation, id, operation, new OperationRequest.Rotate(delay), now);

    /// <summary>The audit's why.</summary>
    public void TellWhy(Writes writes, OperationId operation, TimeSpan delay, Option<string> reason, DateTimeOffset now) =>
        EventRows.Append(
            writes, installation, id, now, "secrets.RotationRequested", actor,
            new { operation = operation.Value, reason = reason.OrNull(), delayHours = delay.TotalHours });
}

using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Jobs.Checks;

/// <summary>The store of checks that Vercel is to be told of, one for each project and declared check. Claims are leases.</summary>
public interface IProjectChecks
{
    Task<IReadOnlyList<WantedCheck>> Claim(int checksMax, TimeSpan lease, CancellationToken cancel);

    /// <param name="id">Absent where Vercel did not say it.</param>
    Task Registered(WantedCheck check, CheckId? id, CancellationToken cancel);

    Task Refused(WantedCheck check, string reason, CancellationToken cancel);

    /// <summary>To be tried again after the delay.</summary>
    Task Postpone(WantedCheck check, string reason, TimeSpan delay, CancellationToken cancel);
}

/// <param name="Declared">Null when the resource is gone, or the catalogue does not have it any more.</param>
public sealed record WantedCheck(
    InstallationId Installation, ResourceId Resource, ProjectId Project, string Slug, ProductCheck? Declared, int Attempts)
{
    public override string ToString() => $"{Slug} of {Resource} for {Project}";
}

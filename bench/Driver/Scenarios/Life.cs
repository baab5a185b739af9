using System.Diagnostics;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Scenarios;

/// <summary>
/// A customer who was never seen before installs, buys, looks, renames, deletes and uninstalls: six requests, each of
/// which counts. Its two tokens are new to the server as well.
/// </summary>
internal sealed class Life(Estate estate) : User
{
    private int step;
    private Customer customer = null!;
    private byte[] resource = [];

    public override bool Ask(RequestBuffer request)
    {
        if (step == 0)
        {
            if (!estate.Newcomers.TryDequeue(out var newcomer))
                return false;
            customer = newcomer;
        }

        switch (step)
        {
            case 0: estate.Calls.Install(request, customer); break;
            case 1: estate.Calls.Provision(request, customer); break;
            case 2: estate.Calls.GetResource(request, customer, resource); break;
            case 3: estate.Calls.Rename(request, customer, resource); break;
            case 4: estate.Calls.DeleteResource(request, customer, resource); break;
            case 5: estate.Calls.Uninstall(request, customer); break;
            default: throw new UnreachableException();
        }

        return true;
    }

    public override void Hear(Answer answer)
    {
        switch (step)
        {
            case 1:
                resource = Provisioner.Provisioned(answer);
                break;
            case 4:
                answer.MustBe(204, "DELETE resource");
                break;
            default:
                answer.MustBe(200, $"step {step + 1} of a life");
                break;
        }

        step = (step + 1) % 6;
    }
}

using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Scenarios;

/// <summary>Looks at the plans of the product, as Vercel does before a purchase.</summary>
internal sealed class PlansReader(Estate estate) : User
{
    private int next;

    public override bool Ask(RequestBuffer request)
    {
        estate.Calls.Plans(request, estate.Customers[next++ % estate.Customers.Count]);
        return true;
    }

    public override void Hear(Answer answer) => answer.MustBe(200, "GET plans");
}

/// <summary>Installs again with a new access token; <paramref name="once"/>: each customer once, for the first time.</summary>
internal sealed class Installer(Estate estate, bool once = false) : User
{
    private int next;

    public override bool Ask(RequestBuffer request)
    {
        if (once && next == estate.Customers.Count)
            return false;
        estate.Calls.Install(request, estate.Customers[next++ % estate.Customers.Count]);
        return true;
    }

    public override void Hear(Answer answer) => answer.MustBe(200, "PUT installation");
}

/// <summary>Buys one resource after the other, for its customers in turn.</summary>
/// <param name="max">After how many it has enough.</param>
internal sealed class Provisioner(Estate estate, int max = int.MaxValue) : User
{
    private int next;

    private Customer Owner => estate.Customers[next % estate.Customers.Count];

    public override bool Ask(RequestBuffer request)
    {
        if (next == max)
            return false;
        estate.Calls.Provision(request, Owner);
        return true;
    }

    public override void Hear(Answer answer)
    {
        estate.Resources.Add(new Holding(Owner, Provisioned(answer)));
        next++;
    }

    /// <summary>One that is only promised would be a smaller job.</summary>
    public static byte[] Provisioned(Answer answer)
    {
        answer.MustBe(200, "POST resource");
        var status = answer.Text("status"u8, "POST resource");
        return status.AsSpan().SequenceEqual("ready"u8)
            ? answer.Text("id"u8, "POST resource")
            : throw new WrongAnswerException($"POST resource answered {System.Text.Encoding.UTF8.GetString(status)} instead of ready");
    }
}

internal sealed class ResourceReader(Estate estate) : User
{
    private int next;

    public override bool Ask(RequestBuffer request)
    {
        if (estate.Resources.Count == 0)
            return false;
        var holding = estate.Resources[next++ % estate.Resources.Count];
        estate.Calls.GetResource(request, holding.Owner, holding.Resource);
        return true;
    }

    public override void Hear(Answer answer) => answer.MustBe(200, "GET resource");
}

/// <summary>Gives each resource a name that it never had.</summary>
internal sealed class Renamer(Estate estate) : User
{
    private int next;

    public override bool Ask(RequestBuffer request)
    {
        if (estate.Resources.Count == 0)
            return false;
        var holding = estate.Resources[next++ % estate.Resources.Count];
        estate.Calls.Rename(request, holding.Owner, holding.Resource);
        return true;
    }

    public override void Hear(Answer answer) => answer.MustBe(200, "PATCH resource");
}

internal sealed class Remover(Estate estate) : User
{
    public override bool Ask(RequestBuffer request)
    {
        if (estate.Resources.Count == 0)
            return false;
        var holding = estate.Resources[^1];
        estate.Resources.RemoveAt(estate.Resources.Count - 1);
        estate.Calls.DeleteResource(request, holding.Owner, holding.Resource);
        return true;
    }

    public override void Hear(Answer answer) => answer.MustBe(204, "DELETE resource");
}

/// <summary>
/// A little of everything in turn, so that every path is compiled for good before anything is measured: .NET compiles what is used
/// often once more, in the background, and on a busy machine that takes half a minute.
/// </summary>
internal sealed class Warmer(IReadOnlyList<User> others) : User
{
    private int turn = -1;

    /// <param name="scenarios">All but the lives, for which it knows no newcomers; they are made of the others.</param>
    public static Warmer Of(Estate estate, IEnumerable<Scenario> scenarios) => new([.. scenarios.Select(scenario => scenario.User(estate))]);

    public override bool Ask(RequestBuffer request)
    {
        for (var tries = 0; tries < others.Count; tries++)
        {
            turn = (turn + 1) % others.Count;
            if (others[turn].Ask(request))
                return true;
        }

        return false;
    }

    public override void Hear(Answer answer) => others[turn].Hear(answer);
}

/// <summary>Reads and renames in turn, which adds rows but nothing that a server should remember.</summary>
internal sealed class Worker(Estate estate) : User
{
    private readonly ResourceReader reader = new(estate);
    private readonly Renamer renamer = new(estate);
    private bool renames = true;

    private User Now => renames ? renamer : reader;

    public override bool Ask(RequestBuffer request)
    {
        renames = !renames;
        return Now.Ask(request);
    }

    public override void Hear(Answer answer) => Now.Hear(answer);
}

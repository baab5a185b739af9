namespace Marketplace.Shell.Doctor;

/// <summary>Looks at one thing that a server needs. It changes nothing, and says what it cannot see.</summary>
internal interface IExamination
{
    /// <summary>What it looks at, in one word; a program may compare it.</summary>
    string Subject { get; }

    /// <param name="cancel">Its time limit.</param>
    Task<IReadOnlyList<Finding>> Look(CancellationToken cancel);
}

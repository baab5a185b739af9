namespace Marketplace.Shell.Persistence;

/// <summary>A row that cannot be any state: a fault, never bad input. Carries the table and the key, no values.</summary>
public class CorruptRowException : Exception
{
    public CorruptRowException(string table, string key, string reason)
        : base($"Row {key} of table {table} cannot be read: {reason}")
    {
    }

    public CorruptRowException(string message)
        : base(message)
    {
    }

    public CorruptRowException()
    {
    }

    public CorruptRowException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

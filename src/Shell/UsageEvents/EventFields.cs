using System.Buffers.Text;
using System.Text.Json;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Core.UsageEvents;
using Marketplace.Shell.Clock;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The fields of one event as they are read, and the first that is wrong.</summary>
internal ref struct EventFields(KnownTexts texts)
{
    private const int QuantityBytesMax = 28;

    private (string? Field, string Message)? wrong;
    private string? id;
    private string? source;
    private string? installation;
    private string? resource;
    private string? subject;
    private string? metric;
    private string? specVersion;
    private string? type;
    private decimal? quantity;
    private DateTimeOffset? usedAt;

    /// <summary>Reads one property of the plain form, which is also one of the data of a CloudEvent. False when it is none of ours.</summary>
    public bool ReadUsage(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("quantity"u8))
            ReadQuantity(ref json);
        else if (json.ValueTextEquals("resource"u8))
            resource = ReadText(ref json, "resource");
        else if (json.ValueTextEquals("metric"u8))
            metric = ReadText(ref json, "metric");
        else if (json.ValueTextEquals("installation"u8))
            installation = ReadText(ref json, "installation");
        else
            return false;
        return true;
    }

    /// <summary>Reads one property that both forms have beside. False when it is none of ours.</summary>
    public bool ReadEvent(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("id"u8))
            id = ReadText(ref json, "id", keep: false);
        else if (json.ValueTextEquals("time"u8))
            ReadTime(ref json);
        else if (json.ValueTextEquals("source"u8))
            source = ReadText(ref json, "source");
        else
            return false;
        return true;
    }

    /// <summary>Reads one property that a CloudEvent alone has, but for its data. False when it is none of ours.</summary>
    public bool ReadCloudEvent(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("specversion"u8))
            specVersion = ReadText(ref json, "specversion");
        else if (json.ValueTextEquals("type"u8))
            type = ReadText(ref json, "type");
        else if (json.ValueTextEquals("subject"u8))
            subject = ReadText(ref json, "subject");
        else if (json.ValueTextEquals("installationid"u8))
            installation = ReadText(ref json, "installationid");
        else
            return false;
        return true;
    }

    public void Refuse(string? field, string message) => wrong ??= (field, message);

    /// <param name="sourceOfAll">Where the event itself names none.</param>
    public void AddTo(ReportedEvents reported, string? sourceOfAll, bool isCloudEvent)
    {
        var index = reported.Received++;
        if (index == ReportedEvents.EventsMax)
            throw new TooManyEventsException();

        if (isCloudEvent)
        {
            Require(specVersion == "1.0", "specversion", "must be \"1.0\"");
            Require(!string.IsNullOrEmpty(source), "source", "is missing");
            Require(!string.IsNullOrEmpty(type), "type", "is missing");
        }

        resource ??= subject;
        Require(!string.IsNullOrEmpty(id), "id", "is missing");
        Require(!string.IsNullOrEmpty(resource), "resource", "is missing");
        Require(!string.IsNullOrEmpty(metric), "metric", "is missing");
        Require(quantity is not null, "quantity", "is missing");
        Require(usedAt is not null, "time", "is missing");
        if (wrong is var (field, message))
        {
            reported.Refused.Add(new RefusedEvent(index, id, field, "invalid", message));
            return;
        }

        reported.Events.Add(new ReportedEvent(
            index, id!, source ?? sourceOfAll ?? "", installation,
            new UsageEvent(new ResourceId(resource!), new MetricId(metric!), quantity!.Value, usedAt!.Value)));
    }

    private void Require(bool holds, string field, string message)
    {
        if (!holds)
            Refuse(field, message);
    }

    private string? ReadText(ref Utf8JsonReader json, string field, bool keep = true)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
            return null;
        if (json.TokenType != JsonTokenType.String)
        {
            Refuse(field, "must be a string");
            json.Skip();
            return null;
        }

        var text = texts.Read(ref json, keep);
        if (text is null)
            Refuse(field, $"must be at most {KnownTexts.LengthMax} characters that can be stored");
        return text;
    }

    /// <summary>As a number or as a string, digit by digit: a quantity in powers of ten has been through a floating point somewhere.</summary>
    private void ReadQuantity(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            Refuse("quantity", "must be a decimal number, or a string that is one");
            json.Skip();
            return;
        }

        var digits = json.ValueSpan;
        if (digits.IsEmpty || digits.ContainsAnyExcept("-.0123456789"u8) || digits.Length > QuantityBytesMax
            || !Utf8Parser.TryParse(digits, out decimal value, out var read) || read != digits.Length)
        {
            Refuse("quantity", "must be a decimal number without an exponent, like 12.5 or \"12.5\"");
        }
        else if (!QuantityLimits.Allow(value))
        {
            Refuse("quantity", $"must be at least 0 and below {QuantityLimits.Below:0}, with at most {QuantityLimits.DecimalsMax} decimals");
        }
        else
        {
            quantity = value;
        }
    }

    private void ReadTime(ref Utf8JsonReader json)
    {
        json.Read();
        // The reader would take a time without an offset for one of this machine's time zone.
        if (json.TokenType == JsonTokenType.String && HasOffset(json.ValueSpan) && json.TryGetDateTimeOffset(out var time))
        {
            usedAt = MicrosecondClock.Cut(time);
            return;
        }

        Refuse("time", "must be a time of RFC 3339 with its offset, like 2027-01-21T09:30:00Z");
        json.Skip();
    }

    private static bool HasOffset(ReadOnlySpan<byte> time) =>
        time.Length > 16 && (time[^1] == (byte)'Z' || (time[^3] == (byte)':' && time[^6] is (byte)'+' or (byte)'-'));
}

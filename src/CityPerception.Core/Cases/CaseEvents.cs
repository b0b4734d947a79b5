using System.Text.Json;
using System.Text.Json.Serialization;

namespace CityPerception.Core.Cases;

/// <summary>
/// What is kept of a case: its points, each once, in the order of time. However they come, the set is the same, and the
/// case's state follows from it alone.
/// </summary>
/// <remarks>
/// A set is bounded. Of more than <see cref="Most"/> points the first <see cref="Firsts"/> and the last are kept: which
/// these are does not depend on the order either, since a point that is dropped once has enough on either side for ever.
/// </remarks>
public sealed class CaseEvents
{
    public const int Most = 256, Firsts = 64;

    private readonly List<CaseEvent> _points;

    public CaseEvents() => _points = [];

    private CaseEvents(Kept kept) => (_points, IsCut) = (kept.Points, kept.IsCut);

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<CaseEvent> Points => _points;

    /// <summary>Whether there were more than are kept: then reworks and returns are those of the kept ones.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds a point; one that is there already gets the fields that the new one has.</summary>
    /// <param name="point">The point.</param>
    /// <param name="isOlder">It is older than what is there: only fields that are missing are taken from it.</param>
    public void Add(CaseEvent point, bool isOlder = false)
    {
        int at = _points.BinarySearch(point, CaseEvent.ByIdentity);
        if (at >= 0)
        {
            _points[at] = isOlder ? point.With(_points[at]) : _points[at].With(point);
            return;
        }

        _points.Insert(~at, point);
        if (_points.Count <= Most) return;
        _points.RemoveAt(Firsts);
        IsCut = true;
    }

    /// <summary>As it is kept: JSON in UTF-8.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new Kept(_points, IsCut), CaseJson.Default.Kept);

    /// <exception cref="JsonException">They are not what <see cref="ToBytes"/> made.</exception>
    public static CaseEvents FromBytes(ReadOnlySpan<byte> utf8) =>
        new(JsonSerializer.Deserialize(utf8, CaseJson.Default.Kept) ?? throw new JsonException("The points of a case are null."));

    internal sealed record Kept([property: JsonPropertyName("e")] List<CaseEvent> Points, [property: JsonPropertyName("cut")] bool IsCut);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CaseEvents.Kept))]
internal sealed partial class CaseJson : JsonSerializerContext;

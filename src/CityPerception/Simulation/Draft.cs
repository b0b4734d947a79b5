using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CityPerception.Simulation;

/// <summary>
/// A message being written. The fault that was drawn for it takes effect here, whatever the sender's format: on its
/// times (<see cref="At"/>), on its first measured number, on its category, or on its end.
/// </summary>
internal sealed class Draft
{
    private const double Dead = -999;

    // Chinese text goes out as it is, as devices and offices send it.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private DateTimeOffset _start;
    private bool _valueSpoilt;

    public Draft() => Json = new Utf8JsonWriter(_bytes, Plain);

    public Utf8JsonWriter Json { get; }

    public DateTimeOffset Now { get; private set; }

    public SimulationFault Fault { get; private set; }

    public Draft Begin(DateTimeOffset now, SimulationFault fault, DateTimeOffset start)
    {
        _bytes.ResetWrittenCount();
        Json.Reset();
        (Now, Fault, _start, _valueSpoilt) = (now, fault, start, false);
        return this;
    }

    /// <summary>A time as this message states it.</summary>
    public DateTimeOffset At(DateTimeOffset time) => Fault switch
    {
        SimulationFault.LateTwoDays => time.AddDays(-2),
        SimulationFault.StuckClock => DateTimeOffset.UnixEpoch + (time - _start).Duration(),
        _ => time,
    };

    /// <summary>The time of the message, as it states it.</summary>
    public DateTimeOffset Time => At(Now);

    /// <summary>A measured value as a number.</summary>
    public void Number(string name, double value, int digits = 1)
    {
        Json.WritePropertyName(name);
        NumberValue(value, digits);
    }

    /// <summary>A measured value as a number, in an array or after a name.</summary>
    public void NumberValue(double value, int digits = 1)
    {
        double rounded = Math.Round(value, digits);
        switch (SpoilValue())
        {
            case SimulationFault.DeadAnalyser: Json.WriteNumberValue(Dead); break;
            case SimulationFault.NotANumber: Json.WriteStringValue("NaN"); break;
            case SimulationFault.NumberAsText: Json.WriteStringValue(Format(rounded)); break;
            default: Json.WriteNumberValue(rounded); break;
        }
    }

    /// <summary>A measured value of a device that sends numbers as text.</summary>
    public void Text(string name, double value, int digits = 1)
    {
        double rounded = Math.Round(value, digits);
        Json.WriteString(name, SpoilValue() switch
        {
            SimulationFault.DeadAnalyser => Format(Dead),
            SimulationFault.NotANumber => "NaN",
            _ => Format(rounded),
        });
    }

    public void Category(string name, string category) =>
        Json.WriteString(name, Fault is SimulationFault.UnknownCategory ? "其他未分类事项" : category);

    /// <summary>Text of another format than JSON.</summary>
    public void Raw(string text) => Encoding.UTF8.GetBytes(text, _bytes);

    public static string Format(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bytes; the draft can be begun anew.</summary>
    public ReadOnlyMemory<byte> Payload()
    {
        Json.Flush();
        ReadOnlySpan<byte> all = _bytes.WrittenSpan;
        return (Fault is SimulationFault.TruncatedJson ? all[..(all.Length * 2 / 3)] : all).ToArray();
    }

    private SimulationFault SpoilValue()
    {
        if (_valueSpoilt) return SimulationFault.None;
        _valueSpoilt = true;
        return Fault;
    }
}

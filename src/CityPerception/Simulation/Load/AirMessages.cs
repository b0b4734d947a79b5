using System.Globalization;
using System.Text;
using System.Text.Json;
using CityPerception.Simulation.Things;

namespace CityPerception.Simulation.Load;

/// <summary>
/// The messages of a load: what the simulated city's air stations send, made beforehand. A message is one of these with
/// the device's id and the time written over theirs, so that making one costs little and the same number gives the same
/// bytes again.
/// </summary>
internal sealed class AirMessages
{
    public const string Source = "air-station", Measurement = "air_quality", Field = "pm25";

    private const int Count = 64, TimeDigits = 13;
    private const long AnyTimeMs = 1_700_000_000_000;

    private static readonly byte[] TimeName = "\"ts\":"u8.ToArray();

    private readonly LoadNumbering _numbering;
    private readonly int _badEvery;
    private readonly Template[] _good, _bad, _lines;
    private readonly double[] _values = new double[Count];

    public AirMessages(LoadNumbering numbering, int badEvery)
    {
        _numbering = numbering;
        _badEvery = badEvery;
        byte[][] good = Make([]), bad = Make(new() { [SimulationFault.NotANumber] = 1 });
        for (int i = 0; i < Count; i++) _values[i] = JsonDocument.Parse(good[i]).RootElement.GetProperty("data").GetProperty(Field).GetDouble();
        _good = [.. good.Select(Message)];
        _bad = [.. bad.Select(Message)];
        _lines = [.. _values.Select(Line)];
    }

    /// <summary>No message is longer.</summary>
    public const int MaxBytes = 512;

    /// <summary>A message of this number is bad on purpose. Lines have none.</summary>
    public bool IsBad(long number) => _badEvery > 0 && number % _badEvery == _badEvery - 1;

    /// <summary>The value of <see cref="Field"/> in the message of a number.</summary>
    public double ValueOf(long number) => _values[number % Count];

    public string Topic(int device) => $"city/aq/{_numbering.DeviceId(device)}/telemetry";

    /// <summary>Writes a message as JSON and returns its length. Allocates nothing.</summary>
    public int WriteJson(Span<byte> destination, int connection, long number) =>
        (IsBad(number) ? _bad : _good)[number % Count].Write(destination, _numbering.Of(connection, number));

    /// <summary>Writes a message as a line with its end and returns its length. Allocates nothing.</summary>
    public int WriteLine(Span<byte> destination, int connection, long number) => _lines[number % Count].Write(destination, _numbering.Of(connection, number));

    /// <summary>Which message these bytes are: one of this run as JSON, or the line that became of it, which may be in another order than ours.</summary>
    public bool TryFind(ReadOnlySpan<byte> payload, out int connection, out long number)
    {
        (connection, number) = (0, 0);
        int id = payload.IndexOf(Encoding.UTF8.GetBytes(_numbering.DevicePrefix));
        if (id < 0) return false;
        int digits = id + _numbering.DevicePrefix.Length, name = payload.IndexOf(TimeName);
        ReadOnlySpan<byte> time = name >= 0 ? payload[(name + TimeName.Length)..] : payload[(payload.LastIndexOf((byte)' ') + 1)..];
        return payload.Length >= digits + LoadNumbering.DeviceDigits && time.Length >= TimeDigits
            && long.TryParse(time[..TimeDigits], NumberStyles.None, CultureInfo.InvariantCulture, out long timeMs)
            && _numbering.TryFind(payload.Slice(digits, LoadNumbering.DeviceDigits), timeMs, out connection, out number);
    }

    private byte[][] Make(Dictionary<SimulationFault, double> faults)
    {
        var device = new Device(_numbering.DeviceId(0), "140400", "", "ambient", 36.2, 113.1, "");
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(AnyTimeMs);
        var options = new SimulationOptions { MqttHost = null, HttpUrl = null };
        options.Faults.Clear();
        foreach ((SimulationFault fault, double share) in faults) options.Faults[fault] = share;
        var city = new CityModel(options, [], time);
        var station = new AirStation(device) { Random = Seeds.RandomFor(options.Seed, Source) };
        return [.. Enumerable.Range(0, Count).Select(i =>
        {
            station.Act(city, time + TimeSpan.FromMinutes(20 * i));
            return city.Next().Payload.ToArray();
        })];
    }

    private Template Message(byte[] json) => new(json, json.AsSpan().IndexOf(Encoding.UTF8.GetBytes(_numbering.DevicePrefix)) + _numbering.DevicePrefix.Length, json.AsSpan().IndexOf(TimeName) + TimeName.Length);

    private Template Line(double value)
    {
        string head = $"{Measurement},category=ambient,device={_numbering.DevicePrefix}";
        string middle = string.Create(CultureInfo.InvariantCulture, $",district=140400 {Field}={value} ");
        string text = head + new string('0', LoadNumbering.DeviceDigits) + middle + $"{AnyTimeMs}000000\n";
        return new Template(Encoding.UTF8.GetBytes(text), head.Length, head.Length + LoadNumbering.DeviceDigits + middle.Length);
    }

    private readonly record struct Template(byte[] Bytes, int DeviceAt, int TimeAt)
    {
        public int Write(Span<byte> destination, (int Device, long TimeMs) message)
        {
            Bytes.CopyTo(destination);
            Digits(destination.Slice(DeviceAt, LoadNumbering.DeviceDigits), message.Device);
            Digits(destination.Slice(TimeAt, TimeDigits), message.TimeMs);
            return Bytes.Length;
        }

        private static void Digits(Span<byte> into, long number)
        {
            for (int i = into.Length - 1; i >= 0; i--, number /= 10) into[i] = (byte)('0' + number % 10);
        }
    }
}

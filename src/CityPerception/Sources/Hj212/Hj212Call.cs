using System.Globalization;
using System.Text;
using CityPerception.Core.Decoding.Hj212;

namespace CityPerception.Sources.Hj212;

/// <summary>What a frame asks for.</summary>
/// <param name="Route">ST/CN/MN, by which sources are found.</param>
/// <param name="Command">CN.</param>
/// <param name="Device">MN.</param>
/// <param name="WantsAnswer">Bit 0 of Flag.</param>
/// <param name="Version">2005, 2017 or 2025; an answer is in the same.</param>
internal sealed record Hj212Call(string Route, string Command, string Device, bool WantsAnswer, int Version, string Number, string Password)
{
    /// <summary>A device asks for the time.</summary>
    public const string TimeRequest = "1013";

    /// <summary>A device says that it is there (2025).</summary>
    public const string Heartbeat = "9015";

    /// <summary>China has one zone; frames do not name it.</summary>
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    /// <summary>A device answers what it was asked.</summary>
    public bool IsReply => Command is "9011" or "9012";

    /// <summary>Reads a frame's data; null if it has no device or command.</summary>
    public static Hj212Call? Read(ReadOnlySpan<byte> data)
    {
        if (!Hj212Head.TryRead(data, out Hj212Head head)) return null;
        string st = Text(head.St), cn = Text(head.Cn), mn = Text(head.Mn);
        return new Hj212Call($"{st}/{cn}/{mn}", cn, mn, head.WantsAnswer, head.Version, Text(head.Qn), Text(head.Pw));
    }

    /// <summary>"The data is here" (9014) or, for what is no data, "I have heard it" (9013).</summary>
    public byte[] Answer() => Frame(Number, Command is TimeRequest or Heartbeat ? "9013" : "9014", "");

    /// <summary>Sets the device's clock (1012).</summary>
    public byte[] SetTime(DateTimeOffset now)
    {
        DateTimeOffset local = now.ToOffset(Zone);
        return Frame(
            local.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture), "1012",
            local.ToString("'SystemTime='yyyyMMddHHmmss", CultureInfo.InvariantCulture));
    }

    private byte[] Frame(string number, string command, string parameters)
    {
        // The version's bits of Flag, and no answer wanted; ST 91 is the talk between systems.
        int flag = Version switch { 2017 => 4, 2025 => 8, _ => 0 };
        string st = command == "1012" ? Route[..Route.IndexOf('/', StringComparison.Ordinal)] : "91";
        byte[] data = Encoding.UTF8.GetBytes($"QN={number};ST={st};CN={command};PW={Password};MN={Device};Flag={flag};CP=&&{parameters}&&");
        byte[] frame = new byte[data.Length + 12];
        Hj212Frame.Write(data, frame);
        return frame;
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}

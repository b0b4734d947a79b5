using System.Buffers.Text;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>What stands before and around a frame's command parameters (HJ 212-2017, table 2).</summary>
public readonly ref struct Hj212Head
{
    /// <summary>The request's number, a local time with milliseconds; an answer repeats it.</summary>
    public ReadOnlySpan<byte> Qn { get; private init; }

    /// <summary>The system: 22 is air, 32 waste water, 91 the talk between systems.</summary>
    public ReadOnlySpan<byte> St { get; private init; }

    /// <summary>The command: 2011 is real-time data, 2061 hour data.</summary>
    public ReadOnlySpan<byte> Cn { get; private init; }

    /// <summary>The password that sites share. It proves nothing; answers repeat it.</summary>
    public ReadOnlySpan<byte> Pw { get; private init; }

    /// <summary>The device.</summary>
    public ReadOnlySpan<byte> Mn { get; private init; }

    /// <summary>The bits of Flag; null where there is none, as in 2005.</summary>
    public int? Flag { get; private init; }

    public ReadOnlySpan<byte> PacketCount { get; private init; }

    public ReadOnlySpan<byte> PacketNumber { get; private init; }

    /// <summary>Between <c>CP=&amp;&amp;</c> and <c>&amp;&amp;</c>.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>2005, 2017 or 2025, by the upper six bits of Flag (table 3); 0 for a later one.</summary>
    public int Version => ((Flag ?? 0) >> 2) switch { 0 => 2005, 1 => 2017, 2 => 2025, _ => 0 };

    public bool WantsAnswer => (Flag & 1) == 1;

    /// <summary>Reads a frame's data. False if it has no device, no command or no parameters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out Hj212Head head)
    {
        head = default;
        int open = data.IndexOf("CP=&&"u8);
        if (open < 0) return false;
        ReadOnlySpan<byte> parameters = data[(open + 5)..];
        int close = parameters.LastIndexOf("&&"u8);
        if (close < 0) return false;

        head = new Hj212Head { Parameters = parameters[..close] };
        var pairs = new Hj212Pairs(data[..open]);
        while (pairs.MoveNext())
        {
            ReadOnlySpan<byte> value = pairs.Value;
            switch (pairs.Key)
            {
                case [(byte)'Q', (byte)'N']: head = head with { Qn = value }; break;
                case [(byte)'S', (byte)'T']: head = head with { St = value }; break;
                case [(byte)'C', (byte)'N']: head = head with { Cn = value }; break;
                case [(byte)'P', (byte)'W']: head = head with { Pw = value }; break;
                case [(byte)'M', (byte)'N']: head = head with { Mn = value }; break;
                default: head = ReadOther(head, pairs.Key, value); break;
            }
        }

        return !head.Mn.IsEmpty && !head.Cn.IsEmpty;
    }

    private static Hj212Head ReadOther(Hj212Head head, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("PNUM"u8)) return head with { PacketCount = value };
        if (key.SequenceEqual("PNO"u8)) return head with { PacketNumber = value };
        if (!key.SequenceEqual("Flag"u8)) return head;
        return Utf8Parser.TryParse(value, out byte flag, out int length) && length == value.Length ? head with { Flag = flag } : head;
    }
}

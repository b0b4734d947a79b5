namespace CityPerception.Sources.Mqtt;

/// <summary>MQTT's variable byte integer (MQTT 5.0, 1.5.5): seven bits a byte, the lowest first, at most four bytes.</summary>
internal static class VariableInteger
{
    public const int MaxBytes = 4;

    /// <summary>Reads it at the front of the bytes. Returns how many it has; 0 if more are needed, −1 if it is longer than allowed.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, out int value)
    {
        value = 0;
        for (int i = 0; i < MaxBytes; i++)
        {
            if (i == bytes.Length) return 0;
            value |= (bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0) return i + 1;
        }

        return -1;
    }
}

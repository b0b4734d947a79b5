using System.Text;
using System.Text.Json;

namespace CityPerception.Core.Mapping;

/// <summary>Says in words, and where, what is wrong with text.</summary>
internal static class TextFault
{
    /// <summary>The offset of the first byte that is not UTF-8.</summary>
    public static int FirstInvalidUtf8(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out int used) == System.Buffers.OperationStatus.Done) at += used;
        return at;
    }

    /// <summary>The JSON reader's sentence without the position, which a rejection carries apart.</summary>
    public static string Describe(JsonException fault)
    {
        int position = fault.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? fault.Message : fault.Message[..position];
    }
}

using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Schema;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>
/// A letter is one of people unless its source is known to be of things. What no source is known of may be anything, so it
/// counts as people's words too.
/// </summary>
internal sealed class LetterSense(CurrentPlan current) : ILetterSense
{
    public bool IsPersonal(DeadLetter letter) => current.Find() is not { } plan || letter.Kind switch
    {
        DeadLetterKind.Line => !All(letter.Payload.Span, plan, static m => !m.Fields.Any(f => f.Mask)),
        DeadLetterKind.Message when LetterMapper.IsLineProtocol(letter) => !All(letter.Payload.Span, plan, static m => m.Sense is not Sense.Human),
        DeadLetterKind.Message => !plan.Sources.TryGetValue(letter.Source, out CompiledSource? source) || source.File.Sense is Sense.Human,
        _ => true,
    };

    // Whether each line has a measurement that is known, and such a one. Escapes and comments are not looked into: then it is not known.
    private static bool All(ReadOnlySpan<byte> lines, IngestPlan plan, Func<Measurement, bool> isSuch)
    {
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            int end = line.IndexOfAny((byte)',', (byte)' ');
            if (end < 0 || !plan.Measurements.ByName.TryGetValue(Encoding.UTF8.GetString(line[..end]), out Measurement? measurement) || !isSuch(measurement)) return false;
        }

        return true;
    }
}

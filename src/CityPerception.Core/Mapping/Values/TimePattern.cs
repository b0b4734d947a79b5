namespace CityPerception.Core.Mapping.Values;

/// <summary>A time format spelled out as <c>yyyy MM dd HH mm ss f</c> with anything else standing for itself.</summary>
internal sealed class TimePattern
{
    private readonly List<(char Part, int Length)> _steps = [];

    private TimePattern()
    {
    }

    /// <summary>Null if the text holds no year, or letters that stand for nothing.</summary>
    public static TimePattern? TryCreate(string text)
    {
        var pattern = new TimePattern();
        for (int i = 0; i < text.Length;)
        {
            int end = i;
            while (end < text.Length && text[end] == text[i]) end++;
            bool isPart = (text[i], end - i) is ('y', 4 or 2) or ('M' or 'd' or 'H' or 'm' or 's', 1 or 2) or ('f', _);
            if (!isPart && char.IsAsciiLetter(text[i]) && text[i] is not ('T' or 'Z')) return null;
            if (isPart) pattern._steps.Add((text[i], end - i));
            else pattern._steps.AddRange(Enumerable.Repeat((text[i], 0), end - i));
            i = end;
        }

        return pattern._steps.Exists(s => s is ('y', > 0)) ? pattern : null;
    }

    public bool TryParse(ReadOnlySpan<byte> text, out TextTime time)
    {
        time = default;
        int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
        long fraction = 0;
        bool isUtc = false;
        var rest = new IsoTime.Digits(text.Trim(" \t"u8));
        foreach ((char part, int length) in _steps)
        {
            // Two letters want two digits; one letter takes one or two.
            bool taken = (part, length) switch
            {
                ('y', 2) => rest.TryNumber(2, 2, out year) && (year += 2000) > 0,
                ('y', _) => rest.TryNumber(4, 4, out year),
                ('M', > 0) => rest.TryNumber(length, 2, out month),
                ('d', > 0) => rest.TryNumber(length, 2, out day),
                ('H', > 0) => rest.TryNumber(length, 2, out hour),
                ('m', > 0) => rest.TryNumber(length, 2, out minute),
                ('s', > 0) => rest.TryNumber(length, 2, out second),
                ('f', > 0) => rest.TryFraction(out fraction),
                _ => rest.TrySkipAny([(byte)part]),
            };
            if (!taken) return false;
            isUtc |= (part, length) is ('Z', 0);
        }

        if (!rest.IsEmpty || !IsoTime.TryCivil(year, month, day, hour, minute, second, fraction, out long ns)) return false;
        time = new TextTime(ns, IsLocal: !isUtc);
        return true;
    }
}

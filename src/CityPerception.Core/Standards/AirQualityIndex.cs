namespace CityPerception.Core.Standards;

/// <summary>
/// Concentrations that an index is reckoned from, null where there is no valid one: ug/m3, CO in mg/m3. For a city or a
/// district they are means over its stations (HJ 663), never maxima, and never indices.
/// </summary>
/// <param name="O3">Of an hour; for a day the largest sliding mean of 8 hours (<see cref="AirValidity.OzoneOfDay"/>).</param>
/// <param name="O3Hour">For a day by the edition of 2012: the largest mean of one hour, an item of its own in the daily report.</param>
/// <param name="So2Day">For an hour by the edition of 2012: the mean of 24 hours, which takes over when an hour exceeds 800 ug/m3.</param>
public readonly record struct AirConcentrations(
    double? Pm25 = null, double? Pm10 = null, double? So2 = null, double? No2 = null, double? Co = null, double? O3 = null,
    double? O3Hour = null, double? So2Day = null);

/// <summary>An air quality index.</summary>
/// <param name="Aqi">0 to 500.</param>
/// <param name="Category">Its level and words.</param>
/// <param name="Primary">The primary pollutants (首要污染物): all that reach the index, if it exceeds 50.</param>
/// <param name="SubIndices">What it is the largest of.</param>
public readonly record struct AirIndex(int Aqi, AirCategory Category, AirPollutants Primary, AirSubIndices SubIndices);

/// <summary>The sub-index (空气质量分指数, IAQI) of each pollutant, 0 to 500; null where there is none.</summary>
public readonly record struct AirSubIndices(int? Pm25, int? Pm10, int? So2, int? No2, int? Co, int? O3)
{
    public int? Of(AirPollutant pollutant) => pollutant switch
    {
        AirPollutant.Pm25 => Pm25,
        AirPollutant.Pm10 => Pm10,
        AirPollutant.So2 => So2,
        AirPollutant.No2 => No2,
        AirPollutant.Co => Co,
        AirPollutant.O3 => O3,
        _ => null,
    };
}

/// <summary>The air quality index of HJ 633 (环境空气质量指数技术规定), editions of 2026 and 2012.</summary>
public static class AirQualityIndex
{
    /// <summary>An index up to this has no primary pollutant (HJ 633-2012, 4.4.2).</summary>
    private const int Excellent = 50;

    /// <summary>
    /// A pollutant's sub-index by table 1 and formula (1): linear between the breakpoints, rounded up to an integer, 500
    /// beyond the last. The concentration is rounded first, by GB/T 8170 to the decimals of HJ 663: none for ug/m3, one
    /// for CO in mg/m3.
    /// </summary>
    /// <remarks>
    /// SO2 of an hour and O3 of 8 hours have columns that end at 800 ug/m3. Above, the edition of 2026 says 200 and 300;
    /// that of 2012 says none, and refers to SO2 of 24 hours and O3 of an hour.
    /// </remarks>
    /// <returns>0 to 500; null for a concentration that is none (negative, NaN, infinite) and for a period without a column.</returns>
    public static int? SubIndex(AirPollutant pollutant, AirPeriod period, double concentration, AirEdition edition = AirEdition.Of2026)
    {
        ReadOnlySpan<double> limits = AirBreakpoints.Of(pollutant, period, edition);
        if (limits.IsEmpty || !double.IsFinite(concentration) || concentration < 0) return null;

        double c = Rounding.HalfToEven(concentration, pollutant == AirPollutant.Co ? 1 : 0);
        ReadOnlySpan<int> indices = AirBreakpoints.SubIndices;
        int high = 1;
        while (high < limits.Length && c > limits[high]) high++;
        if (high == limits.Length)
            return limits.Length < indices.Length && edition == AirEdition.Of2012 ? null : indices[limits.Length - 1];

        int low = high - 1;
        return Rounding.Up(((indices[high] - indices[low]) * (c - limits[low]) / (limits[high] - limits[low])) + indices[low]);
    }

    /// <summary>The index of an hour (实时报), from means of one hour; PM by the columns of 24 hours.</summary>
    /// <returns>Null if no pollutant has a sub-index. Which have one is in the result: an index of three pollutants is shown as such.</returns>
    public static AirIndex? OfHour(in AirConcentrations c, AirEdition edition = AirEdition.Of2026)
    {
        int? so2 = Sub(AirPollutant.So2, AirPeriod.Hour, c.So2, edition);
        // HJ 633-2012, table 1, note 2.
        if (so2 is null && c.So2 is not null) so2 = Sub(AirPollutant.So2, AirPeriod.Day, c.So2Day, edition);
        return Largest(new AirSubIndices(
            Sub(AirPollutant.Pm25, AirPeriod.Hour, c.Pm25, edition), Sub(AirPollutant.Pm10, AirPeriod.Hour, c.Pm10, edition), so2,
            Sub(AirPollutant.No2, AirPeriod.Hour, c.No2, edition), Sub(AirPollutant.Co, AirPeriod.Hour, c.Co, edition),
            Sub(AirPollutant.O3, AirPeriod.Hour, c.O3, edition)));
    }

    /// <summary>The index of a civil day (日报), from means of 24 hours and ozone's largest of 8 hours.</summary>
    /// <returns>As <see cref="OfHour"/>.</returns>
    public static AirIndex? OfDay(in AirConcentrations c, AirEdition edition = AirEdition.Of2026)
    {
        int? o3 = Sub(AirPollutant.O3, AirPeriod.EightHours, c.O3, edition);
        // Of the seven items of a day's report of 2012, two are ozone's. 2026 knows the one of 8 hours.
        if (edition == AirEdition.Of2012 && Sub(AirPollutant.O3, AirPeriod.Hour, c.O3Hour, edition) is { } hour) o3 = Math.Max(o3 ?? 0, hour);
        return Largest(new AirSubIndices(
            Sub(AirPollutant.Pm25, AirPeriod.Day, c.Pm25, edition), Sub(AirPollutant.Pm10, AirPeriod.Day, c.Pm10, edition),
            Sub(AirPollutant.So2, AirPeriod.Day, c.So2, edition), Sub(AirPollutant.No2, AirPeriod.Day, c.No2, edition),
            Sub(AirPollutant.Co, AirPeriod.Day, c.Co, edition), o3));
    }

    private static int? Sub(AirPollutant pollutant, AirPeriod period, double? concentration, AirEdition edition) =>
        concentration is { } c ? SubIndex(pollutant, period, c, edition) : null;

    // HJ 633, formula (2): the largest; and its owners.
    private static AirIndex? Largest(in AirSubIndices subs)
    {
        int aqi = -1;
        var primary = AirPollutants.None;
        for (var p = AirPollutant.Pm25; p <= AirPollutant.O3; p++)
        {
            if (subs.Of(p) is not { } sub || sub < aqi) continue;
            if (sub > aqi) primary = AirPollutants.None;
            aqi = sub;
            primary |= p.AsSet();
        }
        return aqi < 0 ? null : new AirIndex(aqi, AirCategory.Of(aqi), aqi > Excellent ? primary : AirPollutants.None, subs);
    }
}

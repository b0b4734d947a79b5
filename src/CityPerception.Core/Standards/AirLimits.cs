namespace CityPerception.Core.Standards;

/// <summary>Limits of GB 3095 (环境空气质量标准), table 1; ug/m3, CO in mg/m3.</summary>
public static class AirLimits
{
    // GB 3095-2026 comes in two steps.
    private static readonly DateOnly Final = new(2031, 1, 1);

    /// <summary>
    /// The limit of a mean: 1 hour, 8 hours (ozone's largest of a day) or 24 hours.
    /// </summary>
    /// <param name="grade">1 (一级: nature reserves and the like) or 2 (二级: where people live and work).</param>
    /// <param name="day">GB 3095-2026 is stricter from 2031-01-01 on; the edition of 2012 does not ask.</param>
    /// <returns>Null where the table has none, as for particles of one hour.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A grade other than 1 and 2.</exception>
    public static double? Of(AirPollutant pollutant, AirPeriod period, int grade, DateOnly day, AirEdition edition = AirEdition.Of2026)
    {
        if (grade is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(grade), grade, "GB 3095 has grades 1 and 2");
        bool isFinal = edition == AirEdition.Of2026 && day >= Final, is2026 = edition == AirEdition.Of2026, first = grade == 1;
        return (pollutant, period) switch
        {
            (AirPollutant.So2, AirPeriod.Hour) => first || isFinal ? 150 : 500,
            (AirPollutant.So2, AirPeriod.Day) => first || isFinal ? 50 : 150,
            (AirPollutant.No2, AirPeriod.Hour) => 200,
            (AirPollutant.No2, AirPeriod.Day) => isFinal ? 50 : 80,
            (AirPollutant.Co, AirPeriod.Hour) => 10,
            (AirPollutant.Co, AirPeriod.Day) => 4,
            (AirPollutant.O3, AirPeriod.Hour) => first ? 160 : 200,
            (AirPollutant.O3, AirPeriod.EightHours) => first ? 100 : 160,
            (AirPollutant.Pm10, AirPeriod.Day) => first ? 50 : isFinal ? 100 : is2026 ? 120 : 150,
            (AirPollutant.Pm25, AirPeriod.Day) => first ? (isFinal ? 25 : 35) : isFinal ? 50 : is2026 ? 60 : 75,
            _ => null,
        };
    }
}

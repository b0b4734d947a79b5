namespace CityPerception.Core.Standards;

/// <summary>Rates of the hotline (12345) by GB/T 33358-2016 (政府热线服务规范).</summary>
public static class Hotline
{
    /// <summary>A call is to be answered within this.</summary>
    public const int AnswerSeconds = 15;

    /// <summary>Of the calls of any 24 hours at least so many must be answered.</summary>
    public const double ConnectRate = 0.95;

    /// <summary>A resident is to be contacted within this after dispatch (接诉即办, practice; no clause of the standard).</summary>
    public const double ContactHours = 24;

    /// <summary>
    /// The worst rate of calls answered in any 24 hours of a stretch: hours are put together, windows slide by the hour.
    /// </summary>
    /// <param name="hours">Answered and offered by hour, in order, none left out.</param>
    /// <returns>Of the windows with calls that with the lowest rate; null for less than 24 hours, or no calls.</returns>
    public static (long Answered, long Offered)? WorstOfDay(ReadOnlySpan<(long Answered, long Offered)> hours)
    {
        (long Answered, long Offered)? worst = null;
        for (int first = 0; first + 24 <= hours.Length; first++)
        {
            (long answered, long offered) = (0, 0);
            foreach ((long answeredOfHour, long offeredOfHour) in hours.Slice(first, 24)) (answered, offered) = (answered + answeredOfHour, offered + offeredOfHour);
            if (offered > 0 && !(worst is { } w && answered * w.Offered >= w.Answered * offered)) worst = (answered, offered);
        }
        return worst;
    }

    /// <summary>Whether a rate of 24 hours is what the standard wants; compared in whole numbers, 95 of 100 is enough. Null for no calls.</summary>
    public static bool? IsConnected(long answered, long offered) => offered > 0 ? 100 * answered >= 95 * offered : null;

    /// <summary>响应率: whether a ticket counts as contacted, within 24 h of its dispatch.</summary>
    public static bool IsInTime(double? contactedHours) => contactedHours <= ContactHours;

    /// <summary>满意率 of a call-back by the five grades of 好差评: 3 (基本满意) and better are; null for another number.</summary>
    public static bool? IsSatisfied(int grade) => grade is >= 1 and <= 5 ? grade >= 3 : null;

    /// <summary>The three rates in one (三率综合), with the weights of the city; null where one is missing.</summary>
    public static double? ThreeRates(double? response, double? resolution, double? satisfaction, double w1 = 0.1, double w2 = 0.45, double w3 = 0.45) =>
        (w1 * response) + (w2 * resolution) + (w3 * satisfaction);
}

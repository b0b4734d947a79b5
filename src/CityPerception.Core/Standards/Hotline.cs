using CityPerception.Core.Standards.Partials;

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
    /// <returns>Of the windows with calls the lowest; null for less than 24 hours, or no calls.</returns>
    public static RatioPartial? WorstOfDay(ReadOnlySpan<RatioPartial> hours)
    {
        RatioPartial? worst = null;
        for (int first = 0; first + 24 <= hours.Length; first++)
        {
            RatioPartial day = RatioPartial.Empty;
            foreach (RatioPartial hour in hours.Slice(first, 24)) day = day.Combine(hour);
            if (day.Value is { } rate && !(rate >= worst?.Value)) worst = day;
        }
        return worst;
    }

    /// <summary>Whether a rate of 24 hours is what the standard wants; compared in whole numbers, 95 of 100 is enough. Null for no calls.</summary>
    public static bool? IsConnected(RatioPartial day) => day.Den > 0 ? 100 * day.Num >= 95 * day.Den : null;

    /// <summary>响应率: contacted within 24 h (true), or not (false), of a ticket dispatched.</summary>
    public static RatioPartial Response(double? contactedHours) => new(contactedHours <= ContactHours ? 1 : 0, 1);

    /// <summary>满意率 of a call-back by the five grades of 好差评: 3 (基本满意) and better; nothing for another number.</summary>
    public static RatioPartial Satisfaction(int grade) => grade is >= 1 and <= 5 ? new(grade >= 3 ? 1 : 0, 1) : RatioPartial.Empty;

    /// <summary>The three rates in one (三率综合), with the weights of the city; null where one is missing.</summary>
    public static double? ThreeRates(RatioPartial response, RatioPartial resolution, RatioPartial satisfaction, double w1 = 0.1, double w2 = 0.45, double w3 = 0.45) =>
        (w1 * response.Value) + (w2 * resolution.Value) + (w3 * satisfaction.Value);
}

using System.Globalization;
using CityPerception.Core.Cities;
using CityPerception.Core.Geography;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Reads a position, undoes its datum's shift, and checks that it lies in the city.</summary>
internal sealed class LocationPlan
{
    private static readonly LineKey LatKey = new("lat"u8), LonKey = new("lon"u8);

    public required ValuePlan Lat { get; init; }

    public required ValuePlan Lon { get; init; }

    public required Datum Datum { get; init; }

    public required GeoBounds Bounds { get; init; }

    public required bool Required { get; init; }

    public required bool OmitInvalid { get; init; }

    public bool TryWrite(scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (!Lat.TryEvaluate(in context, out Value latFound) || !Lon.TryEvaluate(in context, out Value lonFound)) return false;
        if (latFound.IsMissing && lonFound.IsMissing)
            return !Required || context.Run.Fail(RejectionReason.ValueMissing, Lat.Where, "no position, and it is required");
        if (!latFound.TryGetNumber(out double lat) || !lonFound.TryGetNumber(out double lon))
            return OmitInvalid || context.Run.Fail(RejectionReason.TypeMismatch, Lat.Where, $"latitude and longitude are numbers, found {ValuePlan.Describe(latFound)} and {ValuePlan.Describe(lonFound)}");

        (lat, lon) = DatumShift.ToWgs84(lat, lon, Datum);
        if (!Bounds.Contains(lat, lon))
        {
            string hint = Bounds.Contains(lon, lat) ? "; latitude and longitude are swapped" : "";
            return OmitInvalid || context.Run.Fail(RejectionReason.PositionInvalid, Lat.Where,
                string.Create(CultureInfo.InvariantCulture, $"{lat:0.#####}, {lon:0.#####} is not within the city{hint}"));
        }

        // 10^-7 degrees are a centimetre: more digits are noise of the shift.
        line.Float(LatKey, Math.Round(lat, 7));
        line.Float(LonKey, Math.Round(lon, 7));
        return true;
    }
}

"""Names of the months, as they stand in dates: those of the Unicode CLDR, wide and abbreviated."""

from __future__ import annotations

from unicodedata import normalize

# Twelve words a language, January first; alternatives are parted by "/".
NAMES = {
    "en": """
        jan/january feb/february mar/march apr/april may jun/june jul/july aug/august
        sep/sept/september oct/october nov/november dec/december""",
    "de": """
        jän/jänner/januar feber/februar mär/märz/mrz april mai juni juli august september
        okt/oktober november dez/dezember""",
    "fr": """
        janv/janvier févr/fév/février mars avr/avril mai juin juil/juillet août/aout septembre
        octobre novembre déc/décembre""",
    "es": """
        ene/enero febrero marzo abr/abril mayo junio julio ago/agosto set/septiembre/setiembre
        octubre noviembre dic/diciembre""",
    "pt": """
        janeiro fev/fevereiro março abril maio junho julho agosto setembro out/outubro novembro
        dezembro""",
    "it": """
        gen/gennaio febbraio marzo aprile mag/maggio giu/giugno lug/luglio agosto sett/settembre
        ott/ottobre novembre dicembre""",
    "ca": """
        gener febrer març abril maig juny juliol agost setembre octubre novembre desembre""",
    "ro": """
        ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie
        decembrie""",
    "nl": """
        januari februari mrt/maart april mei juni juli augustus september oktober november
        december""",
    "sv": """
        januari februari mars april maj juni juli augusti september oktober november december""",
    "no": """
        januar februar mars/marts april mai juni juli august september oktober november
        des/desember""",
    "is": """
        janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember""",
    "fi": """
        tammikuuta/tammikuu helmikuuta/helmikuu maaliskuuta/maaliskuu huhtikuuta/huhtikuu
        toukokuuta/toukokuu kesäkuuta/kesäkuu heinäkuuta/heinäkuu elokuuta/elokuu
        syyskuuta/syyskuu lokakuuta/lokakuu marraskuuta/marraskuu joulukuuta/joulukuu""",
    "et": """
        jaanuar veebruar märts aprill mai juuni juuli august september oktoober november
        detsember""",
    "lv": """
        janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā
        jūlijs/jūlijā augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī
        decembris/decembrī""",
    "lt": """
        sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio
        gruodžio""",
    "pl": """
        sty/stycznia/styczeń lut/lutego/luty marca/marzec kwi/kwietnia/kwiecień maja/maj
        cze/czerwca/czerwiec lip/lipca/lipiec sie/sierpnia/sierpień wrz/września/wrzesień
        paź/października/październik lis/listopada/listopad gru/grudnia/grudzień""",
    "cs": """
        led/ledna/leden úno/února/únor bře/března/březen dub/dubna/duben kvě/května/květen
        čvn/června/červen čvc/července/červenec srp/srpna/srpen zář/září říj/října/říjen
        listopadu prosince/prosinec""",
    "sk": """
        januára/január februára/február marca/marec apríla/apríl mája/máj júna/jún júla/júl
        augusta septembra októbra/október novembra decembra""",
    "sl": """
        januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra
        decembra""",
    "hr": """
        siječnja/siječanj veljače/veljača ožujka/ožujak travnja/travanj svibnja/svibanj
        lipnja/lipanj srpnja/srpanj kolovoza/kolovoz rujna/rujan listopada studenoga/studeni
        prosinca/prosinac""",
    "hu": """
        január február március április május június július augusztus szeptember október november
        december""",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "tr-short": "oca şub mar nis mayıs haz tem ağu eyl eki kas ara",
    "az": """
        yanvar fevral mart aprel may iyun iyul avqust/avgust sentyabr oktyabr noyabr dekabr""",
    "ru": """
        января/январь/янв февраля/февраль/фев марта/март/мар апреля/апрель/апр мая/май
        июня/июнь/июн июля/июль/июл августа/август/авг сентября/сентябрь/сен октября/октябрь/окт
        ноября/ноябрь/ноя декабря/декабрь/дек""",
    "uk": """
        січня/січень лютого/лютий березня/березень квітня/квітень травня/травень червня/червень
        липня/липень серпня/серпень вересня/вересень жовтня/жовтень листопада/листопад
        грудня/грудень""",
    "bg": """
        януари февруари март април май юни юли август септември октомври ноември декември""",
    "sr": """
        јануар фебруар март април мај јун/јуни јул/јули август септембар октобар новембар
        децембар""",
    "el": """
        ιανουαρίου/ιανουάριος φεβρουαρίου/φεβρουάριος μαρτίου/μάρτιος απριλίου/απρίλιος
        μαΐου/μαΐος ιουνίου/ιούνιος ιουλίου/ιούλιος αυγούστου/αύγουστος σεπτεμβρίου/σεπτέμβριος
        οκτωβρίου/οκτώβριος νοεμβρίου/νοέμβριος δεκεμβρίου/δεκέμβριος""",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "ar": """
        يناير فبراير مارس أبريل/ابريل/إبريل مايو يونيو/يونيه يوليو/يوليه أغسطس/اغسطس سبتمبر
        أكتوبر/اكتوبر نوفمبر ديسمبر""",
    "fa": "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "hi": """
        जनवरी फरवरी/फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर/अक्तूबर
        नवंबर/नवम्बर दिसंबर/दिसम्बर""",
    "bn": """
        জানুয়ারি/জানুয়ারী ফেব্রুয়ারি/ফেব্রুয়ারী মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর
        অক্টোবর নভেম্বর ডিসেম্বর""",
    "ta": """
        ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்""",
    "th": """
        มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม
        พฤศจิกายน ธันวาคม""",
    "id": """
        januari februari maret april mei juni juli agustus september oktober november desember""",
    "ms": """
        januari februari mac april mei jun julai ogos september oktober november disember""",
    "sw": """
        januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba""",
    "tl": """
        enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre""",
    # Two words in a text: "_" is a space.
    "ar-levant": """
        كانون_الثاني شباط آذار/اذار نيسان أيار/ايار حزيران تموز آب أيلول/ايلول
        تشرين_الأول/تشرين_الاول تشرين_الثاني
        كانون_الأول/كانون_الاول""",
}
# The same word for another month than elsewhere.
_OTHERWISE = {"hr": {"listopada": 10, "listopad": 10}}


def fold(word: str) -> str:
    """One form of a word, whatever its case and its accents' encoding."""
    return normalize("NFC", word).casefold().replace("i\u0307", "i")


def _numbers() -> dict[str, int]:
    found: dict[str, int] = {}
    for names in NAMES.values():
        for number, alternatives in enumerate(names.split(), 1):
            for name in alternatives.split("/"):
                found.setdefault(fold(name), number)
    return found


_NUMBERS = _numbers()


def month_of(word: str, language: str = "") -> int:
    """The month's number, 0 for a word that names none."""
    word = fold(word).replace(" ", "_")
    return _OTHERWISE.get(language, {}).get(word) or _NUMBERS.get(word, 0)

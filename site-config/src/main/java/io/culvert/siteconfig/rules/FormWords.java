package io.culvert.siteconfig.rules;

import java.util.List;

/**
 * The words of the request form in one language.
 *
 * @param fields what is left for a person to fill in
 * @param columns of both tables, but for the last of the first
 * @param incomplete before what is not known
 * @param signatures who signs
 */
record FormWords(
        String lang,
        String font,
        String add,
        String remove,
        List<String> fields,
        String allowed,
        String allowedRemoved,
        List<String> columns,
        String inspection,
        String bypass,
        String purpose,
        String usualPurpose,
        String out,
        String in,
        String both,
        String why,
        String whyText,
        String stopped,
        String stoppedText,
        String stoppedRemoved,
        String notes,
        String rendered,
        String incomplete,
        List<String> signatures) {

    static FormWords of(Language language) {
        return switch (language) {
            case EN -> ENGLISH;
            case KO -> KOREAN;
        };
    }

    private static final FormWords ENGLISH = new FormWords(
            "en",
            "sans-serif",
            "Firewall rule request",
            "Request to remove firewall rules",
            List.of("Office", "Requested by", "Telephone", "Date", "Valid from – until", "Request no."),
            "1. To be allowed",
            "1. Allowed until now, to be removed",
            List.of(
                    "No.",
                    "Source site",
                    "Source IP",
                    "Destination site",
                    "Destination IP",
                    "Protocol",
                    "Port",
                    "Direction"),
            "TLS inspection",
            "bypass",
            "Purpose",
            RulePlan.DEFAULT_REASON,
            "inside → outside",
            "outside → inside",
            "both ways",
            "2. Exception from TLS inspection and intrusion prevention",
            "The gateways of the two sites prove themselves to each other by certificates (mutual TLS 1.3, ALPN h2, gRPC). A device that"
                    + " decrypts the connection and signs it anew makes it impossible. Please exempt the addresses and ports of table 1"
                    + " from TLS decryption, and from blocking by intrusion prevention.",
            "3. To be stopped and reported",
            "These are RPC and vendor ports of storage appliances. What they carry goes inside the connection of table 1, so no host needs"
                    + " them across. Please stop and log whatever still uses them.",
            "3. Stopped until now, to be removed",
            "4. Notes",
            "Written by Culvert at %s from %s.",
            "To be checked: %s",
            List.of("Requested", "Head of office", "Information security", "Approved"));

    private static final FormWords KOREAN = new FormWords(
            "ko",
            "'Noto Sans KR', 'Malgun Gothic', 'Apple SD Gothic Neo', sans-serif",
            "방화벽 정책 등록 신청서",
            "방화벽 정책 삭제 신청서",
            List.of("신청 기관(부서)", "신청자", "연락처", "신청일", "사용 기간", "접수 번호"),
            "1. 허용 요청 정책",
            "1. 삭제 요청 정책(허용)",
            List.of("번호", "출발지 기관", "출발지 IP", "목적지 기관", "목적지 IP", "프로토콜", "목적지 포트", "방향"),
            "TLS(SSL) 검사",
            "예외(복호화 제외)",
            "사용 목적",
            "백업 데이터 복제(Culvert 게이트웨이 간 단일 TLS 통신)",
            "내부 → 외부",
            "외부 → 내부",
            "양방향",
            "2. TLS(SSL) 복호화 및 침입방지시스템(IPS) 예외 요청",
            "위 통신은 양 기관의 게이트웨이가 서로의 인증서를 확인하는 상호 인증 TLS 1.3(ALPN h2, gRPC) 통신입니다. 중간에서 복호화한 뒤 인증서를"
                    + " 다시 발급하는 장비를 거치면 통신이 성립하지 않으므로, 1번 표의 IP와 포트에 대하여 TLS(SSL) 복호화 및 침입방지시스템 차단 정책의"
                    + " 예외 처리를 요청합니다.",
            "3. 차단 및 탐지 요청 정책",
            "아래는 백업 저장 장비가 사용하는 RPC 및 제조사 전용 포트입니다. 해당 통신은 모두 1번 표의 통신 안에서 처리되므로 기관 간에 직접 연결할"
                    + " 필요가 없습니다. 직접 연결이 발생하면 차단하고 로그를 남겨 주시기 바랍니다.",
            "3. 삭제 요청 정책(차단 및 탐지)",
            "4. 비고",
            "%s에 Culvert가 %s 파일을 바탕으로 작성하였습니다.",
            "확인 필요: %s",
            List.of("신청자", "부서장", "정보보안 담당자", "승인"));
}
